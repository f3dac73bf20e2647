import { type Grapheme, graphemes, hasCertainWidth } from '../text/cell.js';
import { safeText } from '../text/safe.js';
import type { Line } from './styled.js';
import { attributeOf } from './tones.js';

/** A rectangle of the screen in columns and rows. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One column of the screen: blessed's attribute word and what is written there. */
export type ScreenCell = [attribute: number, text: string];

export interface CellGrid {
  readonly rows: readonly (readonly ScreenCell[])[];
  /** Rows with characters on whose width terminals disagree; they must be written as a whole. */
  readonly uncertainRows: Set<number>;
  readonly unicode: boolean;
}

/** Writes lines into the grid, cut at the area's edges; every text is made safe on the way. */
export function paint(grid: CellGrid, area: Area, lines: readonly Line[]): void {
  for (const [index, line] of lines.slice(0, area.height).entries()) {
    const row = grid.rows[area.top + index];
    if (row !== undefined) paintLine(grid, row, area, area.top + index, line);
  }
}

function paintLine(grid: CellGrid, row: readonly ScreenCell[], area: Area, y: number, line: Line): void {
  const end = Math.min(area.left + area.width, row.length);
  let x = area.left;
  for (const piece of line) {
    const attribute = attributeOf(piece);
    const safe = safeText(piece.text);
    // Dividing a text into graphemes is slow, and most need it not.
    if (hasCertainWidth(safe)) {
      for (let at = 0; at < safe.length && x < end; at += 1) putCertain(grid, row, x++, attribute, safe.charAt(at));
    } else {
      for (const grapheme of graphemes(safe)) {
        if (x + grapheme.columns > end) return;
        putGrapheme(grid, row, { x, y }, attribute, grapheme);
        x += grapheme.columns;
      }
    }
  }
}

function putCertain(grid: CellGrid, row: readonly ScreenCell[], x: number, attribute: number, text: string): void {
  put(row, x, attribute, grid.unicode || text <= '~' ? text : '?');
}

function putGrapheme(
  grid: CellGrid,
  row: readonly ScreenCell[],
  { x, y }: { x: number; y: number },
  attribute: number,
  { text, columns }: Grapheme,
): void {
  if (hasCertainWidth(text)) putCertain(grid, row, x, attribute, text);
  else if (grid.unicode) putUncertain(grid, y, x, columns, attribute, text);
  else put(row, x, attribute, '?');
}

function put(row: readonly ScreenCell[], x: number, attribute: number, text: string): void {
  const target = row[x];
  if (target === undefined) return;
  target[0] = attribute;
  target[1] = text;
}

/**
 * Whatever width the terminal gives the character, it stays in its columns: they are blanked, the character is written
 * on them, and the cursor is set to where the next column begins (CHA, ECMA-48 8.3.9; columns count from 1).
 */
function putUncertain(grid: CellGrid, y: number, x: number, columns: number, attribute: number, text: string): void {
  const row = grid.rows[y] ?? [];
  grid.uncertainRows.add(y);
  const setColumn = (column: number) => `\x1b[${column + 1}G`;
  put(row, x, attribute, ' '.repeat(columns) + setColumn(x) + text + setColumn(x + columns));
  for (let extra = 1; extra < columns; extra += 1) put(row, x + extra, attribute, '');
}
