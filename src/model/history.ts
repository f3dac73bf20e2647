import type { HistoryPoint, TimeSplit } from './snapshot.js';
import { HISTORY_POINTS } from './snapshot.js';
import { addSplit, emptySplit } from './time-split.js';

/**
 * What happened between ticks, bounded however long the session: when full, neighbours are merged in the older half, so
 * that old history loses resolution and no sum changes.
 */
export class History {
  #points: HistoryPoint[] = [];
  #before: { readonly atNs: number; readonly majorFaults: number; readonly time: TimeSplit } | null = null;

  /** Takes the cumulative figures at a tick. */
  tick(atNs: number, majorFaults: number, time: TimeSplit): void {
    const before = this.#before;
    if (before !== null && atNs <= before.atNs) return;
    this.#before = { atNs, majorFaults, time };
    if (before === null) return;
    const spent = emptySplit();
    addSplit(spent, time);
    addSplit(spent, before.time, -1);
    this.#points.push({
      atNs,
      durationNs: atNs - before.atNs,
      majorFaults: majorFaults - before.majorFaults,
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
  };
}
