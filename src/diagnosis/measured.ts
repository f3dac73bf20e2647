import type { Snapshot } from '../model/snapshot.js';

/** What the model of src/diagnosis/queueing.ts is fed with, as far as it was measured. */
export interface Measured {
  readonly capacity: number;
  /** Share of the sampled time that is left when spans without a single fault are set aside; the rest is of this share. */
  readonly activeShare: number;
  /** Share of time by level, 0 to capacity. */
  readonly levels: readonly number[];
  /** Completed faults that held what it takes to run. */
  readonly faults: number;
  readonly faultsPerNs: number;
  /** How long a fault holds a P, by Little's law from the level: what the device took, and waiting for a CPU after it. */
  readonly faultNs: number;
  /** Threads on a CPU, on average. */
  readonly onCpu: number;
  /** Threads that are on a CPU or want one, on average. */
  readonly runnable: number;
}

/** Of less time the level says little: a few hundred samples in each of its states are wanted. */
const LEAST_SAMPLED_NS = 2e9;
/** The relative error of a rate from fewer faults is above 10 %. */
const LEAST_FAULTS = 100;
/** The levels are of one capacity if the full stalls counted then and there are, to this share of the time. */
const CAPACITY_CHANGED = 0.05;

/** Null where there is no capacity, where it changed on the way, or too little was seen. */
export function measure(snapshot: Snapshot): Measured | null {
  const { stalls, totals, window } = snapshot;
  if (stalls === null || stalls.capacity === null || stalls.capacity < 1) return null;
  const faults = holdingFaults(snapshot);
  if (stalls.sampledNs < LEAST_SAMPLED_NS || faults < LEAST_FAULTS) return null;
  const { capacity, sampledNs } = stalls;
  if (Math.abs((levelShares(stalls.levelNs, capacity)[capacity] ?? 0) - stalls.fullNs / sampledNs) > CAPACITY_CHANGED) {
    return null;
  }
  const idle = spansWithoutFaults(snapshot);
  const idleNs = Math.min(idle.sampledNs, stalls.levelNs[0] ?? 0);
  const activeNs = sampledNs - idleNs;
  const activeLevelNs = stalls.levelNs.map((ns, level) => (level === 0 ? ns - idleNs : ns));
  const levels = levelShares(activeLevelNs, capacity);
  const meanLevel = levels.reduce((sum, share, level) => sum + share * level, 0);
  if (!(meanLevel > 0)) return null;
  const faultsPerNs = faults / activeNs;
  const onCpuNs = Math.max(0, totals.time.onCpu - idle.onCpuNs);
  const queuedNs = Math.max(0, totals.time.runQueue + totals.time.stolen - idle.queuedNs);
  const watchedNs = Math.max(1, window.durationNs - idle.durationNs);
  return {
    capacity,
    activeShare: activeNs / sampledNs,
    levels,
    faults,
    faultsPerNs,
    faultNs: meanLevel / faultsPerNs,
    onCpu: onCpuNs / watchedNs,
    runnable: (onCpuNs + queuedNs) / watchedNs,
  };
}

/** When the program did nothing of what is looked at: it would do that at any capacity. */
function spansWithoutFaults({
  history,
}: Snapshot): Record<'durationNs' | 'sampledNs' | 'onCpuNs' | 'queuedNs', number> {
  const sum = { durationNs: 0, sampledNs: 0, onCpuNs: 0, queuedNs: 0 };
  for (const { durationNs, majorFaults, level, time } of history) {
    if (majorFaults > 0 || level === null || level.levelTimeNs > 0) continue;
    sum.durationNs += durationNs;
    sum.sampledNs += level.sampledNs;
    sum.onCpuNs += time.onCpu;
    sum.queuedNs += time.runQueue + time.stolen;
  }
  return sum;
}

/** Major faults of those whose faults make the level (see StallsView). */
function holdingFaults({ runtime, goroutines, threads, totals, target }: Snapshot): number {
  if (runtime?.kind === 'node') return threads.find(({ tid }) => tid === target.pid)?.majorFaults ?? 0;
  if (goroutines === null || goroutines.functions.length === 0) return totals.majorFaults;
  return goroutines.functions.reduce((sum, one) => sum + one.holdingFaults, 0);
}

function levelShares(levelNs: readonly number[], capacity: number): number[] {
  const sampledNs = levelNs.reduce((sum, ns) => sum + ns, 0);
  const shares = new Array<number>(capacity + 1).fill(0);
  levelNs.forEach((ns, level) => {
    const index = Math.min(level, capacity);
    shares[index] = (shares[index] ?? 0) + ns / sampledNs;
  });
  return shares;
}
