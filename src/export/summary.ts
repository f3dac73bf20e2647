import type { Diagnosis } from '../diagnosis/finding.js';
import type { SingleCauseView } from '../model/page-cache-view.js';
import type {
  FaultView,
  MappingView,
  PageView,
  Quality,
  Snapshot,
  ThreadView,
  Totals,
  WaitView,
} from '../model/snapshot.js';
import { formatAddress } from '../text/units.js';
import { filesOf, filesRestOf } from './summary-files.js';
import { findingOf, whatIfOf } from './summary-findings.js';
import type {
  Summary,
  SummaryFault,
  SummaryFaultCause,
  SummaryMapping,
  SummaryPage,
  SummaryQuality,
  SummaryRuntime,
  SummaryTarget,
  SummaryThread,
  SummaryTotals,
  SummaryWait,
} from './summary-format.js';
import { latencyOf } from './summary-latency.js';
import { requestsOf, symptomsOf } from './summary-outside.js';
import { overheadOf } from './summary-overhead.js';
import { evictorsOf, memoryCgroupOf, pageCacheOf } from './summary-page-cache.js';
import { stacksOf } from './summary-stacks.js';
import { goroutinesOf, stallsOf, stallTotalsOf } from './summary-stalls.js';
import { storageOf } from './summary-storage.js';
import { wakersOf } from './summary-wakers.js';

/** What a session came to and what it means, in the format of summary-format.ts. Pure. */
export function summaryOf(snapshot: Snapshot, { findings, allClear, whatIf }: Diagnosis): Summary {
  const { tool, host, window, stalls, goroutines, symptoms, requests, pageCache, memoryCgroup } = snapshot;
  const { storage, wakers } = snapshot;
  return {
    schema: 'faultscope.summary/1',
    tool: { version: tool.version },
    host: { kernel: host.kernel, arch: host.arch, cpus: host.cpus, bpftrace: host.bpftrace },
    target: targetOf(snapshot),
    window: { startedAt: new Date(window.startedAtMs).toISOString(), durationNs: window.durationNs },
    totals: totalsOf(snapshot),
    threads: snapshot.threads.map(threadOf),
    ...(stalls === null ? {} : { stalls: stallsOf(stalls) }),
    ...(goroutines === null ? {} : { goroutines: goroutinesOf(goroutines) }),
    mappings: snapshot.mappings.map(mappingOf),
    files: filesOf(snapshot.files),
    ...(snapshot.files === null ? {} : { filesRest: filesRestOf(snapshot.files) }),
    ...(symptoms === null ? {} : { symptoms: symptomsOf(symptoms) }),
    ...(requests === null ? {} : { requests: requestsOf(requests) }),
    ...(pageCache === null ? {} : { evictors: evictorsOf(pageCache), pageCache: pageCacheOf(pageCache) }),
    ...(memoryCgroup === null ? {} : { memoryCgroup: memoryCgroupOf(memoryCgroup) }),
    ...stacksOf(snapshot.stacks),
    ...(storage === null ? {} : { storage: storageOf(storage) }),
    ...(wakers === null ? {} : { wakers: wakersOf(wakers) }),
    findings: findings.map(findingOf),
    allClear,
    ...(whatIf === null ? {} : { whatIf: whatIfOf(whatIf) }),
    longestFaults: snapshot.longestFaults.map(faultOf),
    quality: qualityOf(snapshot),
  };
}

// Every part is copied key by key, no object of the model spread: what the model gains for the screen must not slip into a versioned
// format.

function targetOf({ target, runtime }: Snapshot): SummaryTarget {
  const { pid, pidInNamespace, comm, exe, launched, state } = target;
  const exit = state.alive || state.exit === null ? null : { code: state.exit.code, signal: state.exit.signal };
  const inside = pidInNamespace === undefined ? {} : { pidInNamespace };
  return { pid, ...inside, comm, exe, launched, alive: state.alive, runtime: runtimeOf(runtime), exit };
}

function runtimeOf(runtime: Snapshot['runtime']): SummaryRuntime | null {
  if (runtime === null) return null;
  const { kind, version, capacity, capacitySource, goroutineDetail } = runtime;
  return { kind, version, capacity, capacitySource, goroutineDetail };
}

function totalsOf(snapshot: Snapshot): SummaryTotals {
  const { totals } = snapshot;
  return {
    majorFaults: totals.majorFaults,
    majorFaultsNoSleep: totals.majorFaultsNoSleep,
    faultWaitNs: totals.faultWaitNs,
    ...stallTotalsOf(snapshot),
    faultLatency: latencyOf(totals.faultLatency),
    ...exactLatencyOf(totals),
    timeNs: totals.time,
    idleNs: totals.idleNs,
    threadsAlive: totals.threadsAlive,
    threadsEnded: totals.threadsEnded,
  };
}

/** Absent, not null, where the probe set that measures it did not run. */
function exactLatencyOf({ exactFaultLatency: latency }: Totals | ThreadView): Pick<SummaryTotals, 'exactFaultLatency'> {
  return latency === null ? {} : { exactFaultLatency: latencyOf(latency) };
}

function threadOf(thread: ThreadView): SummaryThread {
  return {
    tid: thread.tid,
    name: thread.name,
    alive: thread.alive,
    lifetimeNs: thread.lifetimeNs,
    majorFaults: thread.majorFaults,
    majorFaultsNoSleep: thread.majorFaultsNoSleep,
    kernelMajorFaults: thread.kernelMajorFaults,
    ...(thread.userFaults === null ? {} : { userFaults: thread.userFaults }),
    faultWaitNs: thread.faultWaitNs,
    faultLatency: latencyOf(thread.faultLatency),
    ...exactLatencyOf(thread),
    onCpuNs: thread.onCpuNs,
    runQueueNs: thread.runQueueNs,
    stolenNs: thread.time.stolen,
    waits: thread.waits.map(waitOf),
    residueNs: thread.residueNs,
  };
}

function waitOf({ cause, syscall, count, totalNs, maxNs, open }: WaitView): SummaryWait {
  return { cause, syscall, count, totalNs, maxNs, open };
}

function mappingOf({ of, path, sizeBytes, majorFaults, faultWaitNs }: MappingView): SummaryMapping {
  return { of, path, sizeBytes, majorFaults, faultWaitNs };
}

function faultOf({ atNs, tid, threadName, address, instruction, latencyNs, page, cause }: FaultView): SummaryFault {
  return {
    atNs,
    tid,
    threadName,
    address: formatAddress(address),
    instruction: formatAddress(instruction),
    latencyNs,
    page: page === null ? null : pageOf(page),
    ...(cause === null ? {} : { cause: causeOf(cause) }),
  };
}

function pageOf({ path, device, inode, offsetBytes }: PageView): SummaryPage {
  return { path, device, inode: inode.toString(), offset: Number(offsetBytes) };
}

function causeOf({ cause, evictor, ageNs }: SingleCauseView): SummaryFaultCause {
  if (evictor === null) return { cause, evictor, ageNs };
  const { actor, way } = evictor;
  return { cause, evictor: { pid: actor.pid, comm: actor.comm, way }, ageNs };
}

function qualityOf({ quality, probes, cost }: Snapshot): SummaryQuality {
  return {
    coverage: coverageOf(quality),
    lostEvents: quality.lostEvents,
    droppedRecords: quality.droppedRecords,
    sampling: { oneIn: quality.sampling.oneIn },
    worstResidueFraction: quality.worstResidueFraction,
    ...(cost === null ? {} : { overhead: overheadOf(cost) }),
    probes: probes.map(({ set, state, variant, detail }) => ({ set, state, variant, detail })),
    notes: quality.notes.map(({ atNs, text }) => ({ atNs, text })),
  };
}

function coverageOf({ coverage: { traced, kernel, fraction } }: Quality): SummaryQuality['coverage'] {
  return { traced, kernel, fraction };
}
