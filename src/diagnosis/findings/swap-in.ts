import type { FilesView, FileView } from '../../model/files-view.js';
import type { Snapshot } from '../../model/snapshot.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import { deviceName, faultFlow } from '../device-verdict.js';
import type { Finding } from '../finding.js';
import { sleeplessFaults } from '../sleepless-faults.js';

/** One fault in twenty: swapping costs more than its share, because what was evicted had been in use. */
const LEAST_SHARE = 0.05;
const LEAST_FAULTS = 100;
/** A few pages of a program that slept come back without harm; this is more than one call's worth. */
const LEAST_RATE_HZ = 5;
/** Fewer faults that never slept are those that found the page just read. */
const MANY_SLEEPLESS = 0.1;

/** The kinds of memory that have no file: their major faults read from swap. */
const WITHOUT_FILE: { readonly [of in FileView['of']]?: string } = {
  anonymous: 'anonymous memory',
  heap: 'the heap',
  stack: 'stacks',
  shared: 'shared memory',
};

/** Its own memory has been swapped out and is read back. */
export function swapIn(snapshot: Snapshot): Finding | null {
  const { files, totals, window, symptoms } = snapshot;
  const swapped = files === null ? [] : rowsOfSwap(files);
  const faults = swapped.reduce((sum, { majorFaults }) => sum + majorFaults, 0);
  const share = totals.majorFaults === 0 ? 0 : Math.min(1, faults / totals.majorFaults);
  if (share < LEAST_SHARE || faults < LEAST_FAULTS || faults < LEAST_RATE_HZ * (window.durationNs / 1e9)) return null;
  const waitNs = swapped.reduce((sum, { faultWaitNs }) => sum + faultWaitNs, 0);
  const pressure = symptoms?.memoryPressure ?? null;
  return {
    id: 'swap-in',
    severity: 'problem',
    title: `Its own memory was swapped out: ${formatPercent(share)} of its major faults read it back${onCpu(snapshot)}.`,
    evidence: [
      `${formatCount(faults)} faults read from swap, in ${places(swapped)}; threads were blocked in them for ${formatDuration(waitNs)}.`,
      ...sleeplessLines(snapshot),
      ...swapDeviceLines(snapshot),
      ...(pressure === null
        ? []
        : [`Tasks of the host were held up for memory ${formatPercent(pressure.some)} of the time (PSI).`]),
    ],
    confidence: 'high',
    remedies: [
      'Give it memory: a larger host, a higher memory.high and memory.max of its cgroup, or fewer neighbours.',
      'Keep it from being swapped: memory.swap.max of its cgroup at 0, memory.low, a lower vm.swappiness, or mlockall(2).',
    ],
  };
}

/** No figure beside the title shows their time: there is no wait, and no latency. */
function onCpu(snapshot: Snapshot): string {
  return sleeplessFaults(snapshot).shareOfFaults > 0.5 ? ', without a wait: it is CPU time' : '';
}

/** Memory without a file, and where the kernel names the page of a file, private copies of files too. */
function rowsOfSwap({ files, exact }: FilesView): FileView[] {
  return files.filter((row) => WITHOUT_FILE[row.of] !== undefined || (exact && row.of === 'file' && !row.exact));
}

function places(rows: readonly FileView[]): string {
  return [...new Set(rows.map(({ of }) => WITHOUT_FILE[of] ?? 'private copies of files'))].join(', ');
}

/** Of memory compressed in memory no thread waits: without these lines its time would be nowhere. */
function sleeplessLines(snapshot: Snapshot): string[] {
  const { shareOfFaults } = sleeplessFaults(snapshot);
  if (shareOfFaults < MANY_SLEEPLESS) return [];
  const { exactFaultLatency: exact } = snapshot.totals;
  const what = `${formatPercent(shareOfFaults)} of its major faults never slept, as from zram: they take CPU time of the thread that faults, and are in no wait.`;
  if (exact !== null && exact.count > 0) {
    const times = `p50 ${formatDuration(exact.p50Ns)}, p99 ${formatDuration(exact.p99Ns)}`;
    return [what, `From its entry to its end a major fault takes ${times} (${formatCount(exact.count)} measured).`];
  }
  const known = (snapshot.storage?.devices ?? []).some((device) => device.swap && faultFlow(device) !== null);
  return [known ? what : `${what} How long is not measured: --exact (x) and --storage (B) do.`];
}

/** How fast the devices that hold swap answered; those of swap files answer other faults too. */
function swapDeviceLines({ storage }: Snapshot): string[] {
  return (storage?.devices ?? []).flatMap((device) => {
    const flow = device.swap ? faultFlow(device) : null;
    if (flow === null) return [];
    const { queue, service, whole, count } = flow;
    const totalNs = [queue, service, whole].reduce((sum, stage) => sum + (stage?.totalNs ?? 0), 0);
    const p99 = `p99 ${formatDuration((whole ?? service)?.latency.p99Ns ?? null)}`;
    const parts =
      whole === null ? `, ${formatDuration(queue?.meanNs ?? null)} of it queue; the device itself ${p99}` : `, ${p99}`;
    return [
      `${deviceName(device)}, which holds swap, answered ${formatCount(count)} fault reads in ${formatDuration(totalNs / count)} on average${parts}; ${formatDuration(totalNs)} in all.`,
    ];
  });
}
