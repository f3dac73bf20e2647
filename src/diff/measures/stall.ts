import type { Snapshot } from '../../model/snapshot.js';
import type { RatioMeasure } from '../measure.js';
import type { Sums } from '../ratio-estimate.js';

const CAPACITY = 'a known capacity (--capacity N)';
const NS_PER_MINUTE = 60e9;

/** What major faults cost: the program as a whole, its threads, and how many they are. */
export const STALL_MEASURES: readonly RatioMeasure[] = [
  {
    kind: 'ratio',
    id: 'fullStall',
    name: 'full stalls',
    unit: 'share',
    better: 'lower',
    needs: CAPACITY,
    sums: ({ stalls }) =>
      stalls === null || stalls.capacity === null ? null : { amount: stalls.fullNs, per: stalls.sampledNs },
  },
  {
    kind: 'ratio',
    id: 'lostParallelism',
    name: 'lost parallelism',
    unit: 'share',
    better: 'lower',
    needs: CAPACITY,
    sums: ({ stalls }) =>
      stalls === null || stalls.lostParallelism === null
        ? null
        : { amount: stalls.lostParallelism * stalls.sampledNs, per: stalls.sampledNs },
  },
  {
    kind: 'ratio',
    id: 'fullStalls',
    name: 'stalls of 1ms up',
    unit: 'per-minute',
    better: 'lower',
    needs: CAPACITY,
    sums: ({ stalls }) =>
      stalls === null || stalls.capacity === null
        ? null
        : { amount: stalls.fullStalls, per: stalls.sampledNs / NS_PER_MINUTE },
  },
  {
    kind: 'ratio',
    id: 'faultWait',
    name: 'in major faults',
    unit: 'threads',
    better: 'lower',
    needs: 'a running kernel script',
    sums: (snapshot) => watched(snapshot, snapshot.totals.faultWaitNs),
  },
  {
    kind: 'ratio',
    id: 'majorFaults',
    name: 'major faults',
    unit: 'per-second',
    better: 'lower',
    needs: 'a running kernel script',
    sums: (snapshot) => watched(snapshot, snapshot.totals.majorFaults * 1e9),
  },
];

function watched({ window }: Snapshot, amount: number): Sums | null {
  return window.durationNs === 0 ? null : { amount, per: window.durationNs };
}
