import { graphemes } from '../text/cell.js';
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

/** Up to here every terminal agrees that a character takes one column: Latin, Greek, Cyrillic, box drawing, braille. */
const CERTAIN =
  /^[\x20-\x7e\u00a1-\u02ff\u0370-\u0482\u048a-\u0523\u2010-\u2027\u2190-\u21ff\u2500-\u25ff\u2800-\u28ff]$/;

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
    for (const { text, columns } of graphemes(piece.text)) {
      if (x + columns > end) return;
      const certain = CERTAIN.test(text);
      if (certain || !grid.unicode) {
        const shown = certain && (grid.unicode || text <= '~') ? text : '?';
        put(row, x, attribute, shown);
        for (let extra = 1; extra < columns; extra += 1) put(row, x + extra, attribute, ' ');
      } else {
        putUncertain(row, x, columns, attribute, text);
        grid.uncertainRows.add(y);
      }
      x += columns;
    }
  }
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
function putUncertain(row: readonly ScreenCell[], x: number, columns: number, attribute: number, text: string): void {
  const setColumn = (column: number) => `\x1b[${column + 1}G`;
  put(row, x, attribute, ' '.repeat(columns) + setColumn(x) + text + setColumn(x + columns));
  for (let extra = 1; extra < columns; extra += 1) put(row, x + extra, attribute, '');
}
