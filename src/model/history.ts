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

/** So many of the newest points are never merged. */
const NEWEST = HISTORY_POINTS / 2;

/**
 * What happened between ticks, bounded however long the session: when it is full, two neighbours become one, those whose
 * span is shortest beside their age. So what is a minute old stays as it was, what is a day old is a matter of half an hour,
 * and no sum ever changes.
 */
export class History {
  readonly #points: Kept[] = [];
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
    if (this.#points.length > HISTORY_POINTS) this.#mergeTwo(reading.atNs);
  }

  /** Of the span that ended last; null before the second tick. */
  get latest(): HistoryPoint | null {
    return this.#points.at(-1)?.point ?? null;
  }

  list(): readonly HistoryPoint[] {
    return this.#points.map(({ point }) => point);
  }

  #mergeTwo(nowNs: number): void {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    let before = this.#points[0]?.point;
    for (let at = 1; at < this.#points.length - NEWEST; at += 1) {
      const point = this.#points[at]?.point;
      if (before === undefined || point === undefined) continue;
      const span = (before.durationNs + point.durationNs) / (nowNs - before.atNs);
      if (span < least) {
        best = at - 1;
        least = span;
      }
      before = point;
    }
    const [first, second] = this.#points.slice(best, best + 2);
    if (first !== undefined && second !== undefined) this.#points.splice(best, 2, merge(first, second));
  }
}

function kept(point: Omit<HistoryPoint, 'requests'>, requests: Histogram | null): Kept {
  const latency = requests?.distribution();
  return { point: { ...point, requests: latency === undefined ? null : { count: latency.count, latency } }, requests };
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
