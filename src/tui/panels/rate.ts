import { formatCount, formatRate } from '../../text/units.js';
import { titleText } from '../glyphs.js';
import type { Area } from '../painter.js';
import { faultRates, scaleTop } from '../resample.js';
import type { Scene } from '../scene.js';
import { type Line, span } from '../styled.js';

/** Columns of the scale's labels with the axis. */
const AXIS_COLUMNS = 6;
const TITLE_ROWS = 1;
const TIME_ROWS = 1;

interface RateChart {
  readonly lines: readonly Line[];
  /** Dots for the plot area, in place of which the lines are blank; null where the lines hold the bars. */
  readonly plot: { readonly area: Area; readonly heights: readonly (number | null)[] } | null;
}

/** Major faults a second over the last `windowNs`: braille dots where the terminal has them, else bars of characters. */
export function rateChart({ snapshot, glyphs }: Scene, windowNs: number, width: number, height: number): RateChart {
  const columns = width - AXIS_COLUMNS - 1;
  const rows = height - TITLE_ROWS - TIME_ROWS;
  const slots = glyphs.unicode ? columns * 2 : columns;
  const rates = faultRates(snapshot.history, windowNs, slots);
  const peak = Math.max(0, ...rates.map((rate) => rate ?? 0));
  const top = scaleTop(peak);
  const heights = rates.map((rate) => (rate === null ? null : rate / top));
  const bars = glyphs.unicode ? [] : barRows(heights, rows, glyphs.level);
  const title = `major faults/s, peak ${formatRate(snapshot.history.length === 0 ? null : peak)}`;
  const lines = [
    [span(titleText(title, width, glyphs), 'title')],
    ...Array.from({ length: rows }, (_, row) => [
      span(`${scaleLabel(row, rows, top).padStart(AXIS_COLUMNS - 1)}${glyphs.axis}`, 'label'),
      span(bars[row] ?? '', 'fault'),
    ]),
    [span(timeScale(windowNs, columns), 'label')],
  ];
  const area = { left: AXIS_COLUMNS, top: TITLE_ROWS, width: columns, height: rows };
  return { lines, plot: glyphs.unicode ? { area, heights } : null };
}

/** The top row's upper edge is the scale's top, the bottom row's lower edge is 0; half way only where a row begins there. */
function scaleLabel(row: number, rows: number, top: number): string {
  if (row === 0) return formatCount(top);
  if (row === rows - 1) return '0';
  return rows >= 6 && row * 2 === rows && top > 1 ? formatCount(top / 2) : '';
}

/** Where the chart begins and ends in time, under its axis. */
function timeScale(windowNs: number, columns: number): string {
  const from = `-${windowNs / 1e9}s`;
  return ' '.repeat(AXIS_COLUMNS) + from + 'now'.padStart(Math.max(4, columns - from.length));
}

/** Bars as rows of characters, top row first: the lowest level is a known nought, a blank is not known. */
export function barRows(heights: readonly (number | null)[], rows: number, level: readonly string[]): string[] {
  const [nought = ' ', ...steps] = level;
  const bars = heights.map((height) => {
    if (height === null) return ' '.repeat(rows);
    const marks = height > 0 ? Math.max(1, Math.round(height * rows * steps.length)) : 0;
    if (marks === 0) return nought.padEnd(rows);
    const full = (steps.at(-1) ?? '').repeat(Math.floor(marks / steps.length));
    return (full + (steps[(marks % steps.length) - 1] ?? '')).padEnd(rows);
  });
  return Array.from({ length: rows }, (_, row) => bars.map((bar) => bar[rows - 1 - row] ?? ' ').join(''));
}
