import type { Snapshot } from '../model/snapshot.js';
import { meanThreads, shareOfBusy } from './thread-time.js';
import { STALL_GOAL } from './what-if.js';
import { fullStallShare } from './words.js';

/** A tenth of what the program could do at once: below it the runtime's own work (a garbage collection) hides it. */
export const LOST_PARALLELISM_THAT_MATTERS = 0.1;
/** A tenth of the time in which threads had something to do. */
export const FAULT_SHARE_THAT_MATTERS = 0.1;
/** A thread in a fault for less than this share of the time is nothing a user of the program would notice. */
export const LEAST_THREADS_IN_FAULTS = 0.1;

/** Standing still for less than this, all in all, is what any program does as it starts. */
const LEAST_STALLED_NS = 50e6;

/** The program's full stalls are worth a word, over the whole session or of late. */
export function stallsMatter({ stalls }: Snapshot): boolean {
  if (stalls === null || stalls.fullNs < LEAST_STALLED_NS) return false;
  return fullStallShare(stalls) >= STALL_GOAL || recentStallShare({ stalls }) >= STALL_GOAL;
}

/** Full stalls of the last ten seconds or so; 0 where that is not known. */
export function recentStallShare({ stalls }: Pick<Snapshot, 'stalls'>): number {
  return stalls === null || stalls.capacity === null ? 0 : (stalls.recentFullFraction ?? 0);
}

/** Major faults cost the program something: it stands still, runs on fewer threads, or its threads wait in them. */
export function faultsMatter(snapshot: Snapshot): boolean {
  return (
    stallsMatter(snapshot) ||
    (snapshot.stalls?.lostParallelism ?? 0) >= LOST_PARALLELISM_THAT_MATTERS ||
    (shareOfBusy(snapshot, 'fault') >= FAULT_SHARE_THAT_MATTERS &&
      meanThreads(snapshot, 'fault') >= LEAST_THREADS_IN_FAULTS)
  );
}
