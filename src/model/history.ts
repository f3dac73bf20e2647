import type { HistoryPoint, LevelPoint } from './snapshot.js';
import { HISTORY_POINTS } from './snapshot.js';
import { mergeSymptoms } from './symptoms.js';
import { addSplit, emptySplit } from './time-split.js';

/** At a tick: `majorFaults` and `time` since the session began, the rest since the tick before. */
export type Reading = Omit<HistoryPoint, 'durationNs'>;

/**
 * What happened between ticks, bounded however long the session: when full, neighbours are merged in the older half, so
 * that old history loses resolution and no sum changes.
 */
export class History {
  #points: HistoryPoint[] = [];
  #before: Pick<Reading, 'atNs' | 'majorFaults' | 'time'> | null = null;

  tick(reading: Reading): void {
    const before = this.#before;
    if (before !== null && reading.atNs <= before.atNs) return;
    this.#before = reading;
    if (before === null) return;
    const spent = emptySplit();
    addSplit(spent, reading.time);
    addSplit(spent, before.time, -1);
    this.#points.push({
      ...reading,
      durationNs: reading.atNs - before.atNs,
      majorFaults: reading.majorFaults - before.majorFaults,
      time: spent,
    });
    if (this.#points.length > HISTORY_POINTS) this.#points = mergeOlderHalf(this.#points);
  }

  list(): readonly HistoryPoint[] {
    return [...this.#points];
  }
}

function mergeOlderHalf(points: readonly HistoryPoint[]): HistoryPoint[] {
  const half = points.length >> 1;
  const merged: HistoryPoint[] = [];
  for (let at = 0; at < half; at += 2) {
    const [first, second] = [points[at], at + 1 < half ? points[at + 1] : undefined];
    if (first !== undefined) merged.push(second === undefined ? first : merge(first, second));
  }
  return [...merged, ...points.slice(half)];
}

function merge(first: HistoryPoint, second: HistoryPoint): HistoryPoint {
  const time = emptySplit();
  addSplit(time, first.time);
  addSplit(time, second.time);
  return {
    atNs: second.atNs,
    durationNs: first.durationNs + second.durationNs,
    majorFaults: first.majorFaults + second.majorFaults,
    time,
    level: mergeLevels(first.level, second.level),
    symptoms: mergeSymptoms(first.symptoms, second.symptoms),
    requests: null,
  };
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
