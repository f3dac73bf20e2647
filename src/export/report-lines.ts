import { cell, columnsOf } from '../text/cell.js';
import { safeText } from '../text/safe.js';
import { wrap } from '../text/wrap.js';

/** The report keeps to terminals of 80 columns. */
const WIDTH = 79;

/** A text, made safe, as lines that begin with `lead`, the ones after the first with as many blanks. */
export function paragraph(lead: string, text: string): string[] {
  const indent = ' '.repeat(lead.length);
  return wrap(text, WIDTH - lead.length).map((line, index) => fitted(`${index === 0 ? lead : indent}${line}`));
}

/** The same, the rest left out where it takes more than `limit` lines. */
export function shortParagraph(lead: string, text: string, limit: number): string[] {
  const lines = paragraph(lead, text);
  return lines.length <= limit ? lines : [...lines.slice(0, limit - 1), `${' '.repeat(lead.length)}...`];
}

/** A text, made safe, as one line; what does not fit is cut. */
export function oneLine(text: string): string {
  return fitted(safeText(text));
}

function fitted(line: string): string {
  return columnsOf(line) <= WIDTH ? line : cell(line, WIDTH);
}
