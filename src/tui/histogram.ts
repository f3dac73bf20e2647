import type { HistogramCell } from '../model/snapshot.js';

/** A row of a latency histogram. */
export interface HistogramRow {
  readonly fromNs: number;
  /** Exclusive. */
  readonly toNs: number;
  readonly count: number;
}

/**
 * Cells put together into at most `rows` rows without gaps, each one spanning the same number of powers of two, so that
 * lengths of bars can be compared.
 */
export function histogramRows(cells: readonly HistogramCell[], rows: number): HistogramRow[] {
  const filled = cells.filter(({ count }) => count > 0);
  if (filled.length === 0 || rows < 1) return [];
  const octaves = filled.map(({ fromNs }) => Math.floor(Math.log2(Math.max(1, fromNs))));
  const lowest = Math.min(...octaves);
  const highest = Math.max(...octaves);
  const octavesPerRow = Math.ceil((highest - lowest + 1) / rows);
  const length = Math.ceil((highest - lowest + 1) / octavesPerRow);
  const counts = new Array<number>(length).fill(0);
  for (const [index, { count }] of filled.entries()) {
    const row = Math.floor(((octaves[index] ?? lowest) - lowest) / octavesPerRow);
    counts[row] = (counts[row] ?? 0) + count;
  }
  return counts.map((count, row) => ({
    fromNs: row === 0 && lowest === 0 ? 0 : 2 ** (lowest + row * octavesPerRow),
    toNs: 2 ** (lowest + (row + 1) * octavesPerRow),
    count,
  }));
}
