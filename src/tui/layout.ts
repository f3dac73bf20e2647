import type { Area } from './painter.js';

/** A horizontal part of the screen: how few rows it can live with, how many it can use, and what it gets of the rest. */
export interface Band<Id extends string> {
  readonly id: Id;
  readonly min: number;
  readonly max: number;
  /** Share of the rows that are left over once every band has its least. */
  readonly grow: number;
  /** Left out on screens with fewer rows. */
  readonly fromHeight?: number;
}

/** Divides a screen among its bands from top to bottom; depends on the size alone, so figures never move a panel. */
export function layOut<Id extends string>(bands: readonly Band<Id>[], width: number, height: number): Map<Id, Area> {
  const shown = bands.filter(({ fromHeight = 0 }) => height >= fromHeight);
  const rows = shareRows(shown, height);
  let top = 0;
  return new Map(
    shown.map(({ id }, index) => {
      const area = { left: 0, top, width, height: rows[index] ?? 0 };
      top += area.height;
      return [id, area];
    }),
  );
}

/** How many of `height` rows each band gets. */
export function shareRows(bands: readonly Omit<Band<string>, 'id'>[], height: number): number[] {
  const rows = bands.map(({ min }) => min);
  let spare = height - rows.reduce((sum, min) => sum + min, 0);
  while (spare > 0) {
    const next = neediest(bands, rows);
    if (next === null) break;
    rows[next] = (rows[next] ?? 0) + 1;
    spare -= 1;
  }
  return rows;
}

/** The band that has grown least for what it is due. */
function neediest(bands: readonly Omit<Band<string>, 'id'>[], rows: readonly number[]): number | null {
  let best: { readonly index: number; readonly need: number } | null = null;
  for (const [index, { min, max, grow }] of bands.entries()) {
    const have = rows[index] ?? 0;
    if (grow === 0 || have >= max) continue;
    const need = (have - min + 1) / grow;
    if (best === null || need < best.need) best = { index, need };
  }
  return best === null ? null : best.index;
}
