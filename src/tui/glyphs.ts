import type { MicroUnit } from '../text/units.js';

/** The characters beyond letters that views draw with. */
export interface Glyphs {
  readonly unicode: boolean;
  readonly micro: MicroUnit;
  readonly rule: string;
  readonly axis: string;
  readonly corner: string;
  readonly ellipsis: string;
  /** Where one is on an axis. */
  readonly here: string;
  /** A horizontal bar's column, from an eighth (or nothing) to full. */
  readonly bar: readonly string[];
  /** A vertical bar's column, lowest first; the first stands for a known nought. */
  readonly level: readonly string[];
  /** How much there is in a cell, least first; nothing is a blank. `strip` for one row, `shade` for rows over each other. */
  readonly strip: readonly string[];
  readonly shade: readonly string[];
}

const SHADES_OF_ASCII = ['.', ':', '-', '=', '+', '*', '#', '%', '@'];

export const UNICODE_GLYPHS: Glyphs = {
  unicode: true,
  micro: 'µs',
  rule: '─',
  axis: '│',
  corner: '└',
  ellipsis: '…',
  here: '┃',
  bar: ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
  level: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  strip: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  shade: ['░', '▒', '▓', '█'],
};

export const ASCII_GLYPHS: Glyphs = {
  unicode: false,
  micro: 'us',
  rule: '-',
  axis: '|',
  corner: '+',
  ellipsis: '...',
  here: '|',
  bar: ['#'],
  level: ['_', '.', ':', '+', '#'],
  strip: SHADES_OF_ASCII,
  shade: SHADES_OF_ASCII,
};

/** A bar of `fraction` of `width` columns; what is above nought shows at least its smallest mark. */
export function barText(fraction: number, width: number, glyphs: Glyphs): string {
  const steps = glyphs.bar.length;
  const filled = Math.min(width * steps, Math.round(fraction * width * steps));
  const marks = fraction > 0 ? Math.max(1, filled) : 0;
  const whole = (glyphs.bar.at(-1) ?? '').repeat(Math.floor(marks / steps));
  return whole + (glyphs.bar[(marks % steps) - 1] ?? '');
}

/** The title of a panel, set into a rule of `width` columns. */
export function titleText(title: string, width: number, glyphs: Glyphs): string {
  const text = `${glyphs.rule} ${title} `;
  return text + glyphs.rule.repeat(Math.max(0, width - text.length));
}
