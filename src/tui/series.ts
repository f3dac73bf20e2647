import type { HistoryPoint } from '../model/snapshot.js';
import { slotShares } from './resample.js';

/** What one point of the history has to say: a value, and how much it counts beside its neighbours. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** Reads one quantity off a point; null where the point does not know it. */
export type Reading = (point: HistoryPoint) => Weighted | null;

/** The weighted mean in each of `slots` slots of time, oldest first; null where nothing is known. */
export function means(
  history: readonly HistoryPoint[],
  windowNs: number,
  slots: number,
  read: Reading,
): (number | null)[] {
  return slotShares(history, windowNs, slots).map((shares) => {
    let sum = 0;
    let weight = 0;
    for (const { point, fraction } of shares) {
      const reading = read(point);
      if (reading === null) continue;
      sum += reading.value * reading.weight * fraction;
      weight += reading.weight * fraction;
    }
    return weight > 0 ? sum / weight : null;
  });
}

/** The largest value in each slot: percentiles and maxima of several spans have no mean. */
export function worst(
  history: readonly HistoryPoint[],
  windowNs: number,
  slots: number,
  read: Reading,
): (number | null)[] {
  return slotShares(history, windowNs, slots).map((shares) => {
    const values = shares.flatMap(({ point }) => read(point)?.value ?? []);
    return values.length === 0 ? null : Math.max(...values);
  });
}

/** Major faults a second. */
export const faultRateHz: Reading = ({ majorFaults, durationNs }) => perSecond(majorFaults, durationNs);

/** Share of the time with level >= capacity. */
export const fullStallShare = ofLevel(({ fullNs }) => fullNs);

/** Time average of min(level, capacity) / capacity. */
export const lostShare = ofLevel(({ lostNs }) => lostNs);

/** Threads stuck at once, on average. */
export const meanLevel = ofLevel(({ levelTimeNs }) => levelTimeNs);

/** A quantity of the symptoms. */
export function symptom(pick: (symptoms: NonNullable<HistoryPoint['symptoms']>) => number | null): Reading {
  return ({ symptoms }) => {
    const value = symptoms === null ? null : pick(symptoms);
    return symptoms === null || value === null ? null : { value, weight: symptoms.durationNs };
  };
}

/** Requests answered a second. */
export const requestRateHz: Reading = ({ requests, durationNs }) =>
  requests === null ? null : perSecond(requests.count, durationNs);

/** A figure of the service times of the requests within a span; null where none was answered. */
export function serviceTime(figure: 'p50Ns' | 'p99Ns' | 'maxNs'): Reading {
  return ({ requests }) => {
    const value = requests?.latency[figure] ?? null;
    return requests === null || value === null ? null : { value, weight: requests.count };
  };
}

/** A time of the level as a share of the time in which it was sampled. */
function ofLevel(pick: (level: NonNullable<HistoryPoint['level']>) => number): Reading {
  return ({ level }) =>
    level === null || level.sampledNs === 0 ? null : { value: pick(level) / level.sampledNs, weight: level.sampledNs };
}

function perSecond(count: number, durationNs: number): Weighted | null {
  return durationNs > 0 ? { value: (count * 1e9) / durationNs, weight: durationNs } : null;
}
