import type { Snapshot } from '../model/snapshot.js';

/**
 * What one costs where nobody measured it: the way through the kernel, and decompressing a page with an algorithm that
 * packs well (zstd) on a slow CPU. Most take a quarter of it.
 */
const DEAR_NS = 20_000;

/** Major faults that never slept: zram, or another thread's read came first. Their time is CPU time, and in no wait. */
export interface SleeplessFaults {
  readonly count: number;
  readonly shareOfFaults: number;
  /** Their CPU time: of what --exact saw, its median for each; else no more than it can well be. */
  readonly timeNs: number;
  readonly measured: boolean;
}

export function sleeplessFaults({ totals }: Snapshot): SleeplessFaults {
  const { majorFaults, majorFaultsNoSleep: count, exactFaultLatency } = totals;
  // Only where they are most of its faults is the median one of theirs.
  const shareOfFaults = majorFaults === 0 ? 0 : count / majorFaults;
  const medianNs = shareOfFaults > 0.5 ? (exactFaultLatency?.p50Ns ?? null) : null;
  return { count, shareOfFaults, timeNs: count * (medianNs ?? DEAR_NS), measured: medianNs !== null };
}
