import type { Snapshot } from '../model/snapshot.js';
import { addSplit, emptySplit, type MutableTimeSplit } from '../model/time-split.js';

/** Stands for threads that ended and have lost their rows. */
export const UNLISTED_THREADS = '[ended threads, no longer listed]';

/** What the totals hold beyond the threads that are listed: of those that ended and have lost their rows. */
export function unlistedThreads({ totals, threads }: Snapshot): { majorFaults: number; time: MutableTimeSplit } {
  const rest = { majorFaults: totals.majorFaults, time: emptySplit() };
  addSplit(rest.time, totals.time);
  for (const thread of threads) {
    rest.majorFaults -= thread.majorFaults;
    addSplit(rest.time, thread.time, -1);
  }
  return rest;
}
