import type { Snapshot } from '../model/snapshot.js';
import { safeText } from '../text/safe.js';
import { formatClock, formatPercent } from '../text/units.js';

/** How far the figures of a session can be trusted, and its notes with their times: for files that have room for words. */
export function shortfallsOf(snapshot: Snapshot): string[] {
  const { notes } = snapshot.quality;
  return [...trustOf(snapshot), ...notes.map(({ atNs, text }) => `at ${formatClock(atNs)}: ${safeText(text)}`)];
}

/** The same without the notes. */
export function trustOf({ quality }: Snapshot): string[] {
  const { coverage, lostEvents, droppedRecords, sampling } = quality;
  return [
    `coverage: ${formatPercent(coverage.fraction)} of the major faults that the kernel counted (${coverage.traced} of ${coverage.kernel ?? '-'})`,
    `lost single events: ${lostEvents}; counts and sums are not affected`,
    `dropped records: ${droppedRecords}${droppedRecords === 0 ? '' : '; sums are lower bounds'}`,
    `single faults: one in ${sampling.oneIn} arrived`,
  ];
}
