import type { Snapshot } from '../model/snapshot.js';
import { addSplit, emptySplit, type MutableTimeSplit } from '../model/time-split.js';

/** Stands for threads that ended and have lost their rows. */
export const UNLISTED_THREADS = '[ended threads, no longer listed]';

/** What the totals hold beyond the threads that are listed: of those that ended and have lost their rows. */
export interface UnlistedThreads {
  readonly threads: number;
  readonly majorFaults: number;
  readonly majorFaultsNoSleep: number;
  readonly time: MutableTimeSplit;
}

export function unlistedThreads({ totals, threads }: Snapshot): UnlistedThreads {
  const rest = {
    threads: totals.threadsAlive + totals.threadsEnded - threads.length,
    majorFaults: totals.majorFaults,
    majorFaultsNoSleep: totals.majorFaultsNoSleep,
    time: emptySplit(),
  };
  addSplit(rest.time, totals.time);
  for (const thread of threads) {
    rest.majorFaults -= thread.majorFaults;
    rest.majorFaultsNoSleep -= thread.majorFaultsNoSleep;
    addSplit(rest.time, thread.time, -1);
  }
  return rest;
}
