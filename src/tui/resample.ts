import { TIME_PARTS, type TimePart } from '../model/cause.js';
import type { HistoryPoint, TimeSplit } from '../model/snapshot.js';

/** Spans a chart may show, seconds: fixed steps, so that the scale does not move with every tick. */
const WINDOWS_S = [10, 30, 60, 120, 300, 600];

/**
 * How much of the past a panel of `width` columns shows: the longest span in which half a column is no shorter than a
 * tick, but no longer a step than it takes to show all there is. The tick is taken over the whole history, to a tenth of
 * a second, so that one late tick changes nothing.
 */
export function chartWindowNs(history: readonly HistoryPoint[], width: number): number {
  const first = history[0];
  const last = history.at(-1);
  const tickNs = first && last && first !== last ? (last.atNs - first.atNs) / (history.length - 1) : 1e9;
  const roomS = 2 * width * Math.max(0.5, Math.round(tickNs / 1e8) / 10);
  const seenS = first && last ? (last.atNs - first.atNs + first.durationNs) / 1e9 : 0;
  const enoughS = WINDOWS_S.find((seconds) => seconds >= seenS) ?? Number.POSITIVE_INFINITY;
  return (WINDOWS_S.findLast((seconds) => seconds <= roomS && seconds <= enoughS) ?? 10) * 1e9;
}

/** A part of the history that falls into one slot of a chart. */
export interface Share {
  readonly point: HistoryPoint;
  /** How much of the point's span lies in the slot, 0 to 1. */
  readonly fraction: number;
}

/**
 * The history cut into `slots` equal slots ending now, oldest first. Slots lie on a fixed grid of time, so that bars move
 * by whole columns and keep their height.
 */
export function slotShares(history: readonly HistoryPoint[], windowNs: number, slots: number): Share[][] {
  const shares: Share[][] = Array.from({ length: slots }, () => []);
  const slotNs = windowNs / slots;
  const endSlot = Math.ceil((history.at(-1)?.atNs ?? 0) / slotNs);
  for (const point of history) {
    const fromNs = point.atNs - point.durationNs;
    const firstSlot = Math.max(Math.floor(fromNs / slotNs), endSlot - slots);
    for (let slot = firstSlot; slot * slotNs < point.atNs; slot += 1) {
      const overlapNs = Math.min(point.atNs, (slot + 1) * slotNs) - Math.max(fromNs, slot * slotNs);
      if (overlapNs > 0) shares[slot - endSlot + slots]?.push({ point, fraction: overlapNs / point.durationNs });
    }
  }
  return shares;
}

/** Thread time in each slot by what it was spent on; null where nothing was recorded. */
export function timeSplits(history: readonly HistoryPoint[], windowNs: number, slots: number): (TimeSplit | null)[] {
  return slotShares(history, windowNs, slots).map((shares) => {
    if (shares.length === 0) return null;
    return splitOf((part) => sum(shares, ({ point, fraction }) => point.time[part] * fraction));
  });
}

/** Thread time of the last `spanNs`; null where nothing was recorded. */
export function recentSplit(history: readonly HistoryPoint[], spanNs: number): TimeSplit | null {
  const sinceNs = (history.at(-1)?.atNs ?? 0) - spanNs;
  const recent = history.filter(({ atNs }) => atNs > sinceNs);
  return recent.length === 0 ? null : splitOf((part) => sum(recent, ({ time }) => time[part]));
}

function splitOf(partNs: (part: TimePart) => number): TimeSplit {
  return Object.fromEntries(TIME_PARTS.map((part) => [part, partNs(part)])) as TimeSplit;
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
