import { Histogram } from './histogram.js';
import type { HistoryPoint, LevelPoint } from './snapshot.js';
import { HISTORY_POINTS } from './snapshot.js';
import { mergeSymptoms } from './symptoms.js';
import { addSplit, emptySplit } from './time-split.js';

/** At a tick: `majorFaults` since the session began, the rest since the tick before. */
export type Reading = Omit<HistoryPoint, 'durationNs' | 'requests'> & { readonly requests: Histogram | null };

/** Percentiles cannot be merged, histograms can. */
interface Kept {
  readonly point: HistoryPoint;
  readonly requests: Histogram | null;
}

/**
 * What happened between ticks, bounded however long the session: when full, neighbours are merged in the older half, so
 * that old history loses resolution and no sum changes.
 */
export class History {
  #points: Kept[] = [];
  #before: Pick<Reading, 'atNs' | 'majorFaults'> | null = null;

  tick(reading: Reading): void {
    const before = this.#before;
    if (before !== null && reading.atNs <= before.atNs) return;
    this.#before = reading;
    if (before === null) return;
    const point = {
      ...reading,
      durationNs: reading.atNs - before.atNs,
      majorFaults: reading.majorFaults - before.majorFaults,
    };
    this.#points.push(kept(point, reading.requests));
    if (this.#points.length > HISTORY_POINTS) this.#points = mergeOlderHalf(this.#points);
  }

  list(): readonly HistoryPoint[] {
    return this.#points.map(({ point }) => point);
  }
}

function kept(point: Omit<HistoryPoint, 'requests'>, requests: Histogram | null): Kept {
  const latency = requests?.distribution();
  return { point: { ...point, requests: latency === undefined ? null : { count: latency.count, latency } }, requests };
}

function mergeOlderHalf(points: readonly Kept[]): Kept[] {
  const half = points.length >> 1;
  const merged: Kept[] = [];
  for (let at = 0; at < half; at += 2) {
    const [first, second] = [points[at], at + 1 < half ? points[at + 1] : undefined];
    if (first !== undefined) merged.push(second === undefined ? first : merge(first, second));
  }
  return [...merged, ...points.slice(half)];
}

function merge({ point: first, requests: before }: Kept, { point: second, requests: after }: Kept): Kept {
  const time = emptySplit();
  addSplit(time, first.time);
  addSplit(time, second.time);
  const point = {
    atNs: second.atNs,
    durationNs: first.durationNs + second.durationNs,
    majorFaults: first.majorFaults + second.majorFaults,
    time,
    level: mergeLevels(first.level, second.level),
    symptoms: mergeSymptoms(first.symptoms, second.symptoms),
  };
  return kept(point, mergeHistograms(before, after));
}

function mergeHistograms(first: Histogram | null, second: Histogram | null): Histogram | null {
  if (first === null || second === null) return first ?? second;
  const sum = new Histogram();
  sum.addAll(first);
  sum.addAll(second);
  return sum;
}

function mergeLevels(first: LevelPoint | null, second: LevelPoint | null): LevelPoint | null {
  if (first === null || second === null) return first ?? second;
  return {
    sampledNs: first.sampledNs + second.sampledNs,
    levelTimeNs: first.levelTimeNs + second.levelTimeNs,
    fullNs: first.fullNs + second.fullNs,
    lostNs: first.lostNs + second.lostNs,
  };
}
