import type { HistogramCell } from '../model/snapshot.js';
import type { Interval } from './difference.js';
import { ratioEstimate } from './ratio-estimate.js';

/**
 * Where a percentile of a session lies, but for chance. Each span tells which share of its events was at most as long as the
 * percentile of all; how these shares differ gives the interval of the share, and the histogram turns its ends into durations
 * (Woodruff, Confidence intervals for medians and other position measures, JASA 47, 1952). `spans` are the histograms of
 * successive spans. Null with too few of them.
 */
export function quantileInterval(spans: readonly (readonly HistogramCell[])[], q: number): Interval | null {
  const all = merged(spans);
  const at = quantileOf(all, q);
  if (at === null) return null;
  const estimate = ratioEstimate(spans.map((cells) => ({ amount: countBelow(cells, at), per: countOf(cells) })));
  if (estimate === null) return null;
  const low = quantileOf(all, Math.max(0, q - estimate.halfWidth)) ?? at;
  const high = quantileOf(all, Math.min(1, q + estimate.halfWidth)) ?? at;
  return { low, high };
}

export function countOf(cells: readonly HistogramCell[]): number {
  return cells.reduce((sum, { count }) => sum + count, 0);
}

/** What came since: the cells of a histogram that only grows, less what they held before. */
export function grownCells(after: readonly HistogramCell[], before: readonly HistogramCell[]): HistogramCell[] {
  const held = new Map(before.map(({ fromNs, count }) => [fromNs, count]));
  return after
    .map((cell) => ({ ...cell, count: cell.count - (held.get(cell.fromNs) ?? 0) }))
    .filter(({ count }) => count > 0);
}

function merged(spans: readonly (readonly HistogramCell[])[]): HistogramCell[] {
  const cells = new Map<number, HistogramCell>();
  for (const cell of spans.flat()) {
    cells.set(cell.fromNs, { ...cell, count: cell.count + (cells.get(cell.fromNs)?.count ?? 0) });
  }
  return [...cells.values()].sort((a, b) => a.fromNs - b.fromNs);
}

/**
 * The duration that a share `q` of the events do not pass; null without any. Within a cell they are taken to be spread evenly: as
 * the mean of its cell, a percentile would leap from one to the next and make a change of nothing.
 */
export function quantileOf(cells: readonly HistogramCell[], q: number): number | null {
  const wanted = q * countOf(cells);
  let below = 0;
  for (const { fromNs, toNs, count } of cells) {
    if (below + count >= wanted) return fromNs + ((toNs - fromNs) * (wanted - below)) / count;
    below += count;
  }
  return cells.at(-1)?.toNs ?? null;
}

function countBelow(cells: readonly HistogramCell[], ns: number): number {
  return cells.reduce(
    (sum, { fromNs, toNs, count }) => sum + count * Math.min(1, Math.max(0, (ns - fromNs) / (toNs - fromNs))),
    0,
  );
}
