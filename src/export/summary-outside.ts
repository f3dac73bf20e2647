import type { RequestShare, RequestsView, Symptoms } from '../model/snapshot.js';
import type { SummaryPressure, SummaryRequestShare, SummaryRequests, SummarySymptoms } from './summary-format.js';
import { latencyOf } from './summary-latency.js';

// What one sees of the program from outside: how it uses the machine, and how it answers.

export function symptomsOf({ durationNs, process, host, memoryPressure, ioPressure }: Symptoms): SummarySymptoms {
  const { userCpus, systemCpus, ioWaitThreads } = process;
  const { user, system, iowait, idle, steal } = host;
  return {
    durationNs,
    process: { userCpus, systemCpus, ioWaitThreads },
    host: { user, system, iowait, idle, steal },
    memoryPressure: pressureOf(memoryPressure),
    ioPressure: pressureOf(ioPressure),
  };
}

function pressureOf(pressure: Symptoms['ioPressure']): SummaryPressure | null {
  return pressure === null ? null : { some: pressure.some, full: pressure.full };
}

export function requestsOf({ count, meanNs, latency, byStall }: RequestsView): SummaryRequests {
  return {
    count,
    meanNs,
    latency: latencyOf(latency),
    byStall: byStall === null ? null : { overlapping: shareOf(byStall.overlapping), clear: shareOf(byStall.clear) },
  };
}

function shareOf({ count, meanNs, p50Ns, p99Ns }: RequestShare): SummaryRequestShare {
  return { count, meanNs, p50Ns, p99Ns };
}
