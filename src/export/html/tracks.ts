import { formatMean, fullStallShare } from '../../diagnosis/words.js';
import type { HistoryPoint, LevelPoint, Snapshot, Symptoms } from '../../model/snapshot.js';
import { formatPercent, formatRate } from '../../text/units.js';
import { duration } from './figures.js';
import type { Track } from './track.js';

/** The stall and the faults over time. */
export function stallTracks(snapshot: Snapshot): Track[] {
  const { stalls, totals, window, history } = snapshot;
  const capacity = stalls?.capacity ?? null;
  const hasLevel = history.some(({ level }) => level !== null);
  const perSecond = window.durationNs > 0 ? (totals.majorFaults * 1e9) / window.durationNs : null;
  return [
    ...(capacity === null || !hasLevel ? [] : boundedTracks(snapshot)),
    ...(hasLevel ? [levelTrack(snapshot, capacity)] : []),
    {
      title: 'Major faults/s',
      look: 'is-fault',
      read: ({ majorFaults, durationNs }) => (durationNs > 0 ? (majorFaults * 1e9) / durationNs : null),
      format: formatRate,
      figure: `${formatRate(perSecond)}/s on average`,
    },
  ];
}

function boundedTracks({ stalls }: Snapshot): Track[] {
  return [
    {
      title: 'Full stall',
      look: 'is-stall',
      read: ofLevel(({ fullNs }) => fullNs),
      format: formatPercent,
      top: 1,
      figure: `${formatPercent(fullStallShare(stalls))} of the time`,
    },
    {
      title: 'Lost parallelism',
      look: 'is-lost',
      read: ofLevel(({ lostNs }) => lostNs),
      format: formatPercent,
      top: 1,
      figure: `${formatPercent(stalls?.lostParallelism ?? null)} on average`,
    },
  ];
}

function levelTrack({ stalls }: Snapshot, capacity: number | null): Track {
  const sampledNs = stalls?.sampledNs ?? 0;
  const levelTimeNs = (stalls?.levelNs ?? []).reduce((sum, ns, level) => sum + level * ns, 0);
  return {
    title: 'Stuck at once',
    look: 'is-fault',
    read: ofLevel(({ levelTimeNs: ns }) => ns),
    format: (value) => (value === null ? '-' : formatMean(value)),
    ...(capacity === null ? {} : { line: { value: capacity, name: `the capacity, ${capacity}` } }),
    figure: `${sampledNs > 0 ? formatMean(levelTimeNs / sampledNs) : '-'} threads in major faults, on average`,
  };
}

/** What one sees from outside over time: the process, the host, the requests. */
export function symptomTracks({ symptoms, requests }: Snapshot): Track[] {
  return [...(symptoms === null ? [] : processTracks(symptoms)), ...(requests === null ? [] : requestTracks())];
}

function processTracks({ process, host, ioPressure }: Symptoms): Track[] {
  const cpus = (value: number | null): string => (value === null ? '-' : value.toFixed(value < 10 ? 1 : 0));
  const of = (read: (symptoms: Symptoms) => number | null) => (point: HistoryPoint) =>
    point.symptoms === null ? null : read(point.symptoms);
  return [
    {
      title: 'User CPUs',
      look: 'is-cpu',
      read: of((one) => one.process.userCpus),
      format: cpus,
      figure: `${process.userCpus.toFixed(2)} of the process, on average`,
    },
    {
      title: 'System CPUs',
      look: 'is-queue',
      read: of((one) => one.process.systemCpus),
      format: cpus,
      figure: `${process.systemCpus.toFixed(2)} of the process, on average`,
    },
    {
      title: 'Threads in disk I/O',
      look: 'is-disk',
      read: of((one) => one.process.ioWaitThreads),
      format: cpus,
      figure: `${process.ioWaitThreads.toFixed(1)} on average, faults included`,
    },
    {
      title: 'Host iowait',
      look: 'is-disk',
      read: of((one) => one.host.iowait),
      format: formatPercent,
      top: 1,
      figure: `${formatPercent(host.iowait)} of its CPU time`,
    },
    {
      title: 'I/O pressure',
      look: 'is-disk',
      read: of((one) => one.ioPressure?.some ?? null),
      format: formatPercent,
      top: 1,
      figure: `${formatPercent(ioPressure?.some ?? null)} of the time some task of the host was held up`,
    },
  ];
}

function requestTracks(): Track[] {
  return [
    {
      title: 'Requests/s',
      look: 'is-cpu',
      read: ({ requests, durationNs }) => (requests === null ? null : (requests.count * 1e9) / Math.max(1, durationNs)),
      format: formatRate,
      figure: 'answered',
    },
    {
      title: 'Request p99',
      look: 'is-net',
      read: ({ requests }) => requests?.latency.p99Ns ?? null,
      format: (value) => duration(value === null ? null : Math.round(value)),
      figure: 'service time that one in a hundred exceeds',
    },
  ];
}

function ofLevel(pick: (level: LevelPoint) => number): Track['read'] {
  return ({ level }) => (level === null || level.sampledNs === 0 ? null : pick(level) / level.sampledNs);
}
