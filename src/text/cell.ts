import stringWidth from 'string-width';
import { safeText } from './safe.js';

/** One character as the reader sees it, with the terminal columns it takes (0 never occurs). */
export interface Grapheme {
  readonly text: string;
  readonly columns: number;
}

const segmenter = new Intl.Segmenter();
const ASCII = /^[\x20-\x7e]*$/;

/** Latin, Greek, Cyrillic, arrows, box drawing, braille: every terminal gives each of these one column. */
const ONE_COLUMN_EACH =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0377\u0384-\u0482\u048a-\u0523\u2010-\u2027\u2190-\u21ff\u2500-\u25fc\u2800-\u28ff]*$/;

/** True where terminals cannot disagree on a safe string's width, which then is its length. */
export function hasCertainWidth(safe: string): boolean {
  return ONE_COLUMN_EACH.test(safe);
}

/** Terminal columns a string takes once it is safe. */
export function columnsOf(value: string): number {
  const safe = safeText(value);
  return hasCertainWidth(safe) ? safe.length : stringWidth(safe);
}

/** The visible characters of a string, made safe first; what takes no column of its own is left out. */
export function* graphemes(value: string): Generator<Grapheme> {
  for (const { segment } of segmenter.segment(safeText(value))) {
    const columns = stringWidth(segment);
    if (columns > 0) yield { text: segment, columns };
  }
}

/**
 * A string made safe and brought to exactly `width` terminal columns: cut (the last column then shows `~`) or padded
 * with spaces.
 */
export function cell(value: string, width: number, align: 'left' | 'right' = 'left'): string {
  if (width <= 0) return '';
  const safe = safeText(value);
  const cut = ASCII.test(safe) ? cutAscii(safe, width) : cutGraphemes(safe, width);
  const padding = ' '.repeat(width - cut.columns);
  const padded = align === 'left' ? cut.text + padding : padding + cut.text;
  return cut.text === safe && ASCII.test(safe) ? padded : exact(padded, width);
}

function cutAscii(value: string, width: number): Grapheme {
  const text = value.length <= width ? value : `${value.slice(0, width - 1)}~`;
  return { text, columns: text.length };
}

function cutGraphemes(value: string, width: number): Grapheme {
  let text = '';
  let columns = 0;
  let beforeLast = { text, columns };
  for (const grapheme of graphemes(value)) {
    if (columns + grapheme.columns > width) {
      return { text: `${beforeLast.text}~`, columns: beforeLast.columns + 1 };
    }
    text += grapheme.text;
    columns += grapheme.columns;
    if (columns < width) beforeLast = { text, columns };
  }
  return { text, columns };
}

/** Some characters change their width with their neighbours (prepended vowels, jamo): show those as question marks. */
function exact(padded: string, width: number): string {
  if (stringWidth(padded) === width) return padded;
  const plain = padded.replace(/[^\x20-\x7e]/gu, '?');
  return plain.length > width ? plain.slice(0, width) : plain.padEnd(width);
}
