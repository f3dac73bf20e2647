import type {
  GoroutineFunction,
  GoroutinesView,
  GoroutineView,
  Snapshot,
  StallsView,
  StallView,
} from '../model/snapshot.js';
import type {
  SummaryGoroutine,
  SummaryGoroutineFunction,
  SummaryGoroutines,
  SummaryStall,
  SummaryStalls,
  SummaryTotals,
} from './summary-format.js';

/** The stall in three figures; all null where no capacity is known, because then nothing is full. */
export function stallTotalsOf({
  stalls,
}: Snapshot): Pick<SummaryTotals, 'lostParallelism' | 'fullStallNs' | 'fullStalls'> {
  if (stalls === null || stalls.lostParallelism === null) {
    return { lostParallelism: null, fullStallNs: null, fullStalls: null };
  }
  return { lostParallelism: stalls.lostParallelism, fullStallNs: stalls.fullNs, fullStalls: stalls.fullStalls };
}

export function stallsOf({ capacity, levelNs, sampledNs, longest, samples }: StallsView): SummaryStalls {
  const { count, late, longestGapNs } = samples;
  return {
    capacity,
    levelNs: [...levelNs],
    sampledNs,
    longest: longest.map(stallOf),
    samples: { count, late, longestGapNs },
  };
}

function stallOf({ startNs, durationNs, level, capacity, threads }: StallView): SummaryStall {
  return { startNs, durationNs, level, capacity, tids: threads?.map(({ tid }) => tid) ?? null };
}

export function goroutinesOf({ functions, top, seen }: GoroutinesView): SummaryGoroutines {
  return { functions: functions.map(functionOf), top: top.map(goroutineOf), seen };
}

function functionOf(entry: GoroutineFunction): SummaryGoroutineFunction {
  return {
    start: entry.start,
    majorFaults: entry.majorFaults,
    faultWaitNs: entry.faultWaitNs,
    maxNs: entry.maxNs,
    pHoldingFaults: entry.holdingFaults,
    pHoldingWaitNs: entry.holdingWaitNs,
  };
}

function goroutineOf({ goid, start, majorFaults, faultWaitNs, holdingFraction }: GoroutineView): SummaryGoroutine {
  return { goid: goid.toString(), start, majorFaults, faultWaitNs, pHolding: holdingFraction };
}
