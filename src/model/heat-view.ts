import { HEAT_CELLS, type HeatView } from './files-view.js';
import type { Heat, Spread } from './heat.js';

/** No weight at all: rows in which nothing happened share it. */
const NOTHING: readonly number[] = new Array<number>(HEAT_CELLS).fill(0);

/**
 * The heat laid over the whole file, or over what was touched of it where its size is not known, or too small: it may
 * have grown. Time goes from the first fault to now.
 */
export function heatView(heat: Heat, sizeBytes: number | null, pageBytes: number, nowNs: number): HeatView {
  heat.advance(nowNs);
  const spread = heat.spread();
  const endByte = spread.endPage * pageBytes;
  // The last page of a file is not always a whole one.
  const isWhole = sizeBytes !== null && sizeBytes > (spread.endPage - 1) * pageBytes;
  const fromByte = sizeBytes === null ? spread.fromPage * pageBytes : 0;
  const toByte = isWhole ? sizeBytes : endByte;
  const range = { from: fromByte / pageBytes, to: toByte / pageBytes };
  return { fromByte, toByte, cells: cellsOf(spread, range), rows: rowsOf(heat, range, nowNs) };
}

function rowsOf(heat: Heat, range: Range, nowNs: number): HeatView['rows'] {
  const { spanNs } = heat;
  const known = new Map(heat.rows().map(({ index, spread }) => [index, spread]));
  const indices = [...known.keys()];
  const first = indices[0] ?? 0;
  // A fault may be newer than the latest reading of the clock.
  const last = Math.max(Math.floor(nowNs / spanNs), indices.at(-1) ?? 0);
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const index = first + at;
    const spread = known.get(index);
    const endNs = (index + 1) * spanNs;
    const atNs = index === last ? Math.max(index * spanNs + 1, Math.min(endNs, nowNs)) : endNs;
    return {
      atNs,
      durationNs: atNs - index * spanNs,
      cells: spread === undefined ? NOTHING : cellsOf(spread, range),
    };
  });
}

/** In pages; they need not be whole. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Each bucket's weight spread evenly over the cells that it covers. */
function cellsOf(spread: Spread, range: Range): readonly number[] {
  const cells = new Array<number>(HEAT_CELLS).fill(0);
  const cellPages = (range.to - range.from) / HEAT_CELLS;
  for (let slot = 0; slot < spread.weights.length; slot += 1) {
    const weight = spread.weights[slot] ?? 0;
    if (weight === 0) continue;
    const bucketFrom = (spread.firstBucket + slot) * spread.bucketPages;
    const from = Math.max(bucketFrom, spread.fromPage, range.from);
    const to = Math.min(bucketFrom + spread.bucketPages, spread.endPage, range.to);
    addEvenly(cells, (from - range.from) / cellPages, (to - range.from) / cellPages, weight);
  }
  return cells;
}

/** Spreads a weight over the cells between two places, counted in cells. */
function addEvenly(cells: number[], from: number, to: number, weight: number): void {
  const first = Math.min(HEAT_CELLS - 1, Math.floor(from));
  const last = Math.min(HEAT_CELLS - 1, Math.max(first, Math.ceil(to) - 1));
  if (first === last) {
    cells[first] = (cells[first] ?? 0) + weight;
    return;
  }
  for (let cell = first; cell <= last; cell += 1) {
    const share = (Math.min(cell + 1, to) - Math.max(cell, from)) / (to - from);
    cells[cell] = (cells[cell] ?? 0) + weight * share;
  }
}
