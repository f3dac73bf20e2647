import type { Snapshot } from '../model/snapshot.js';
import { formatCount, formatDuration, formatPercent } from '../text/units.js';
import { busyTimeNs, shareOfBusy } from './thread-time.js';
import { counted, fullStallShare } from './words.js';

/** In less time nothing is said: two seconds are two thousand samples of the level. */
const LEAST_OBSERVED_NS = 2e9;

/** Why nothing can be said yet; null where enough was seen. */
export function tooLittleSeen(snapshot: Snapshot): string | null {
  const { window, totals, probes } = snapshot;
  const threads = probes.find(({ set }) => set === 'threads');
  if (threads?.state === 'failed') return 'nothing can be said: the kernel script did not run';
  if (window.durationNs < LEAST_OBSERVED_NS) {
    return `too little was seen yet: ${formatDuration(window.durationNs)} of the ${formatDuration(LEAST_OBSERVED_NS)} it takes`;
  }
  return busyTimeNs(snapshot) + totals.idleNs === 0 ? 'nothing can be said yet: no thread was read' : null;
}

/** "nothing to report: ...", with the figures that say so. */
export function nothingToReport(snapshot: Snapshot): string {
  const { stalls, totals } = snapshot;
  const part = (name: string, part: 'fault' | 'lock' | 'runQueue' | 'disk'): string =>
    `${name} ${formatPercent(shareOfBusy(snapshot, part))}`;
  const stall =
    stalls === null || stalls.capacity === null
      ? []
      : [`it stood still ${formatPercent(fullStallShare(stalls))} of the time`];
  return `nothing to report: ${[
    ...stall,
    counted(totals.majorFaults, 'major fault', formatCount(totals.majorFaults)),
    `of its threads' time that is not idle: ${[
      part('faults', 'fault'),
      part('locks', 'lock'),
      part('run queue', 'runQueue'),
      part('disk', 'disk'),
    ].join(', ')}`,
  ].join('; ')}`;
}
