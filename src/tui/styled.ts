import type { TimePart } from '../model/cause.js';
import { cell, columnsOf } from '../text/cell.js';

/** What a piece of text means; src/tui/tones.ts says how that looks. A tone never carries a meaning alone. */
export type Tone =
  | 'plain'
  | 'faint'
  | 'label'
  | 'strong'
  | 'title'
  | 'warning'
  | 'fullStall'
  | 'key'
  | 'chosen'
  | 'sorted'
  | 'userFrame'
  | 'kernelFrame'
  | 'foundFrame'
  | TimePart;

export interface Span {
  readonly text: string;
  readonly tone: Tone;
  /** Drawn as a filled cell: the tone's colour behind the text. */
  readonly filled?: boolean;
}

/** One row of a panel. The painter cuts it at the panel's edge and makes every text safe. */
export type Line = readonly Span[];

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

/** A line's text without its tones. */
export function lineText(line: Line): string {
  return line.map(({ text }) => text).join('');
}

/** Terminal columns a line takes. */
export function lineColumns(line: Line): number {
  return line.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

/** "label value", the two toned apart. */
export function field(label: string, value: string, tone: Tone = 'strong'): Line {
  return [span(`${label} `, 'label'), span(value, tone)];
}

/** Two ends of one row: the right one stays at the edge, the left one is cut where they meet. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - lineColumns(right);
  return room <= 1 ? left : [...fitLine(left, room), ...right];
}

/** A line cut or padded to exactly `width` columns. */
export function fitLine(line: Line, width: number): Line {
  const fitted: Span[] = [];
  let room = width;
  for (const piece of line) {
    if (room <= 0) break;
    const columns = Math.min(columnsOf(piece.text), room);
    fitted.push({ ...piece, text: cell(piece.text, columns) });
    room -= columns;
  }
  if (room > 0) fitted.push(span(' '.repeat(room)));
  return fitted;
}
