import type { HistoryPoint } from '../model/snapshot.js';
import { scaleTop } from '../text/scale.js';
import { type Glyphs, titleText } from './glyphs.js';
import { shareRows } from './layout.js';
import { means, type Reading, worst } from './series.js';
import { type Line, span, type Tone } from './styled.js';
import { plotColour } from './tones.js';
import type { Plot } from './widgets.js';

/** One quantity over time: a row of bars, or a plot of several rows. Every scale begins at 0. */
export interface Track {
  /** At most 18 columns, with the unit. */
  readonly label: string;
  /** The same in at most 10 columns. */
  readonly short: string;
  readonly tone: Tone;
  readonly read: Reading;
  /** Several points of the history in one column: their mean, or the largest. */
  readonly joined: 'mean' | 'worst';
  /** The top of a fixed scale, or the name of the scale it shares with other tracks. */
  readonly scale: number | string;
  /** In at most 6 columns; null is not known. */
  readonly format: (value: number | null) => string;
  /** Its share of the rows that are left over once every track has one. */
  readonly grow: number;
}

/** What is drawn of some tracks: lines, and plots that go over them, placed from the panel's corner. */
export interface DrawnTracks {
  readonly lines: readonly Line[];
  readonly plots: readonly Plot[];
}

const NARROW_LABEL = 10;
const WIDE_LABEL = 18;
const TOP_COLUMNS = 6;
const VALUE_COLUMNS = 8;
/** From here on labels are in full, and the latest values stand at the right. */
const WIDE = 60;
/** The title and the line of time. */
export const TRACKS_EDGE_ROWS = 2;

/**
 * Tracks one under the other over the same columns of time, so that what happens at once stands in one column. Of the
 * groups, as many as there is room for, the first ones first.
 */
export function drawTracks(
  history: readonly HistoryPoint[],
  groups: readonly (readonly Track[])[],
  { title, windowNs, width, height, spareRows, glyphs }: TracksFrame,
): DrawnTracks {
  const tracks = fitting(groups, height - TRACKS_EDGE_ROWS, spareRows);
  const bands = tracks.map(({ grow }) => ({ min: 1, max: Number.POSITIVE_INFINITY, grow }));
  const rows = shareRows(bands, height - TRACKS_EDGE_ROWS);
  const wide = width >= WIDE;
  const gutter = (wide ? WIDE_LABEL : NARROW_LABEL) + TOP_COLUMNS + 2;
  const columns = Math.max(1, width - gutter - (wide ? VALUE_COLUMNS : 0) - 1);
  const tops = scaleTops(history, tracks, windowNs, columns);
  const lines: Line[] = [[span(titleText(title, width, glyphs), 'title')]];
  const plots: Plot[] = [];
  for (const [index, track] of tracks.entries()) {
    const height = rows[index] ?? 1;
    const top = tops[index] ?? null;
    const braille = glyphs.unicode && height > 1;
    const heights = values(history, track, windowNs, braille ? columns * 2 : columns).map((value) =>
      value === null || top === null ? null : Math.min(1, value / top),
    );
    if (braille) {
      plots.push({
        area: { left: gutter, top: lines.length, width: columns, height },
        heights,
        colour: plotColour(track.tone),
      });
    }
    const bars = braille ? [] : barRows(heights, height, glyphs.level);
    const label = wide ? track.label : track.short;
    for (let row = 0; row < height; row += 1) {
      const scale = row === 0 ? track.format(top) : row === height - 1 ? '0' : '';
      lines.push([
        span(`${(row === 0 ? label : '').padEnd(wide ? WIDE_LABEL : NARROW_LABEL)} `, 'label'),
        span(`${scale.padStart(TOP_COLUMNS)}${glyphs.axis}`, 'label'),
        ...barSpans((bars[row] ?? '').padEnd(columns), track.tone, glyphs),
        ...(wide && row === 0 ? [span(track.format(latest(history, track)).padStart(VALUE_COLUMNS), 'strong')] : []),
      ]);
    }
  }
  lines.push([span(timeScale(windowNs, gutter, columns), 'label')]);
  return { lines, plots };
}

export interface TracksFrame {
  readonly title: string;
  readonly windowNs: number;
  readonly width: number;
  readonly height: number;
  /** Rows the first group has beyond one for each of its tracks, before another group comes in. */
  readonly spareRows: number;
  readonly glyphs: Glyphs;
}

/** Of the first group, what fits; of the others, the first ones that leave it more than single rows. */
function fitting(groups: readonly (readonly Track[])[], rows: number, spareRows: number): readonly Track[] {
  const [first = [], ...others] = groups;
  const tracks = first.slice(0, Math.max(0, rows));
  for (const group of others) {
    if (tracks.length + group.length + spareRows > rows) break;
    tracks.push(...group);
  }
  return tracks;
}

/** Tracks of one scale have the largest of their tops; null where nothing is known that could give one. */
function scaleTops(
  history: readonly HistoryPoint[],
  tracks: readonly Track[],
  windowNs: number,
  columns: number,
): (number | null)[] {
  const peaks = new Map<string, number>();
  for (const track of tracks) {
    if (typeof track.scale === 'number') continue;
    // A dot is half a column: its peaks can be higher than a column's mean.
    const own = values(history, track, windowNs, columns * 2).filter((value) => value !== null);
    if (own.length > 0) peaks.set(track.scale, Math.max(peaks.get(track.scale) ?? 0, ...own));
  }
  return tracks.map(({ scale }) => {
    if (typeof scale === 'number') return scale;
    const peak = peaks.get(scale);
    return peak === undefined ? null : scaleTop(peak);
  });
}

function values(
  history: readonly HistoryPoint[],
  { read, joined }: Track,
  windowNs: number,
  slots: number,
): (number | null)[] {
  return (joined === 'mean' ? means : worst)(history, windowNs, slots, read);
}

/** Over the last interval. */
function latest(history: readonly HistoryPoint[], { read }: Track): number | null {
  const last = history.at(-1);
  return last === undefined ? null : (read(last)?.value ?? null);
}

/** Where the tracks begin and end in time, under them. */
function timeScale(windowNs: number, gutter: number, columns: number): string {
  const from = `-${windowNs / 1e9}s`;
  return ' '.repeat(gutter) + from + 'now'.padStart(Math.max(4, columns - from.length));
}

/** A known nought has no colour: red on the base line would tell of a full stall. */
function barSpans(bars: string, tone: Tone, { level: [nought = ''] }: Glyphs): Line {
  return bars.split(new RegExp(`(${nought}+)`)).map((text) => span(text, text.startsWith(nought) ? 'faint' : tone));
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
