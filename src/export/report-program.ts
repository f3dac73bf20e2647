import { counted, startName } from '../diagnosis/words.js';
import type { Snapshot, StallsView, Symptoms } from '../model/snapshot.js';
import { cell } from '../text/cell.js';
import { formatClock, formatCount, formatDuration, formatPercent } from '../text/units.js';
import { paragraph } from './report-lines.js';
import { storageLines } from './report-storage.js';
import { wakerLines } from './report-wakers.js';

/** The program as a whole, in some ten lines: how much of it stood still, whose code it was, how it looked from outside. */
export function programLines(snapshot: Snapshot): string[] {
  return [
    ...stallLines(snapshot),
    ...goroutineLines(snapshot),
    ...symptomLines(snapshot.symptoms),
    ...requestLines(snapshot),
    ...storageLines(snapshot),
    ...wakerLines(snapshot),
  ];
}

function stallLines({ runtime, stalls }: Snapshot): string[] {
  if (stalls === null) return [];
  const atOnce = paragraph(
    'at once  ',
    `stuck in faults, share of the time by number of threads: ${levelText(stalls)}`,
  );
  if (stalls.lostParallelism === null) return atOnce;
  const source = runtime?.capacitySource ?? null;
  const capacity = `capacity ${stalls.capacity ?? '-'}${source === null ? '' : ` (${source})`}`;
  const full = `full stalls ${formatPercent(stalls.fullNs / stalls.sampledNs)} of the time`;
  const text = `${capacity}; ${full}${longestText(stalls)}; lost parallelism ${formatPercent(stalls.lostParallelism)}`;
  return [...paragraph('stall    ', text), ...atOnce];
}

function longestText({ fullStalls, longest: [longest] }: StallsView): string {
  if (longest === undefined) return '';
  const count = counted(fullStalls, 'full stall', formatCount(fullStalls));
  return `, ${count} of 1ms or more, the longest ${formatDuration(longest.durationNs)} at ${formatClock(longest.startNs)}`;
}

/** Levels told one by one; beyond, they are one. */
const LEVELS = 8;

function levelText({ levelNs, sampledNs }: StallsView): string {
  const share = (ns: number): string => formatPercent(ns / sampledNs);
  const beyond = levelNs.slice(LEVELS).reduce((sum, ns) => sum + ns, 0);
  return [
    ...levelNs.slice(0, LEVELS).map((ns, level) => `${level}: ${share(ns)}`),
    ...(beyond > 0 ? [`more: ${share(beyond)}`] : []),
  ].join(', ');
}

const FUNCTIONS = 3;

function goroutineLines({ goroutines }: Snapshot): string[] {
  const functions = (goroutines?.functions ?? []).filter(({ majorFaults }) => majorFaults > 0);
  if (functions.length === 0) return [];
  return [
    `goroutines by fault time ${cell('faults', 23, 'right')}   time    max  P held`,
    ...functions
      .slice(0, FUNCTIONS)
      .map((entry) =>
        [
          `  ${cell(startName(entry), 39)}`,
          cell(formatCount(entry.majorFaults), 6, 'right'),
          cell(formatDuration(entry.faultWaitNs), 6, 'right'),
          cell(formatDuration(entry.maxNs), 6, 'right'),
          cell(formatPercent(entry.holdingFaults / entry.majorFaults), 7, 'right'),
        ].join(' '),
      ),
  ];
}

function symptomLines(symptoms: Symptoms | null): string[] {
  if (symptoms === null) return [];
  const { process, host } = symptoms;
  const user = `user ${process.userCpus.toFixed(2)} CPUs, system ${process.systemCpus.toFixed(2)}`;
  const threads = `${process.ioWaitThreads.toFixed(1)} threads in disk I/O`;
  const shares = (['user', 'system', 'iowait', 'idle', 'steal'] as const).map(
    (part) => `${part} ${formatPercent(host[part])}`,
  );
  return [
    ...paragraph('process  ', `${user}; on average ${threads}`),
    ...paragraph('host     ', `${shares.join(', ')}${pressureText(symptoms)}`),
  ];
}

function pressureText({ memoryPressure, ioPressure }: Symptoms): string {
  if (memoryPressure === null || ioPressure === null) return '';
  const [memory, io] = [memoryPressure, ioPressure].map(
    ({ some, full }) => `${formatPercent(some)}/${formatPercent(full)}`,
  );
  return `; some/all tasks held up for memory ${memory}, I/O ${io}`;
}

function requestLines({ requests }: Snapshot): string[] {
  if (requests === null || requests.count === 0) return [];
  const { count, latency, byStall } = requests;
  const all = [latency.p50Ns, latency.p99Ns, latency.maxNs].map((ns) => formatDuration(ns));
  const text = `${formatCount(count)}, p50 ${all[0]}, p99 ${all[1]}, max ${all[2]}`;
  if (byStall === null) return paragraph('requests ', text);
  const [inStall, clear] = [byStall.overlapping, byStall.clear].map(
    ({ meanNs, p99Ns }) => `mean ${formatDuration(meanNs)}, p99 ${formatDuration(p99Ns)}`,
  );
  return paragraph('requests ', `${text}; those in a full stall ${inStall}, the others ${clear}`);
}
