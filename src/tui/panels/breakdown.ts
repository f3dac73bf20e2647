import { isIdle, type TimePart } from '../../model/cause.js';
import { PART_ORDER, PART_WORDS } from '../../model/part-words.js';
import type { TimeSplit } from '../../model/snapshot.js';
import { formatDuration, formatPercent } from '../../text/units.js';
import { titleText } from '../glyphs.js';
import { recentSplit, timeSplits } from '../resample.js';
import type { Scene } from '../scene.js';
import { type Line, type Span, span } from '../styled.js';

/** Letter, name and percentage of one part, with the blank before them. */
const LEGEND_COLUMNS = 20;
/** The session's share and time, where there is room. */
const SESSION_COLUMNS = 13;
const WIDE = 70;

/** Where thread time went in the last `windowNs`: stacked shares over time, the fault's at the bottom, and the shares in figures. */
export function breakdown(scene: Scene, windowNs: number, width: number, height: number): Line[] {
  const { snapshot, glyphs, view } = scene;
  const parts = PART_ORDER.filter((part) => view.showIdle || !isIdle(part));
  const wide = width >= WIDE && height > parts.length + 1;
  const columns = Math.max(1, width - LEGEND_COLUMNS - (wide ? SESSION_COLUMNS : 0));
  const rows = height - 1;
  const stacks = timeSplits(snapshot.history, windowNs, columns).map((split) => stack(split, parts, rows));
  const legend = legendLines(scene, parts, windowNs, rows, wide);
  const recent = recentSplit(snapshot.history, windowNs);
  const title = `thread time ${windowNs / 1e9}s, idle ${formatPercent(idleShare(recent))} ${view.showIdle ? 'in' : 'aside'}`;
  return [
    [span(titleText(title, width, glyphs), 'title')],
    ...Array.from({ length: rows }, (_, row) => [
      ...stacks.map((column) => partCell(column[rows - 1 - row])),
      ...(legend[row] ?? []),
    ]),
  ];
}

function partCell(part: TimePart | undefined): Span {
  return part === undefined ? span(' ') : { text: PART_WORDS[part].letter, tone: part, filled: true };
}

/** The parts of one column from the bottom up, `rows` of them, by largest remainder; none where nothing is known. */
export function stack(split: TimeSplit | null, parts: readonly TimePart[], rows: number): TimePart[] {
  const totalNs = split === null ? 0 : totalOf(split, parts);
  if (split === null || totalNs <= 0) return [];
  const exact = parts.map((part) => ({ part, cells: (split[part] / totalNs) * rows }));
  const spare = rows - exact.reduce((sum, { cells }) => sum + Math.floor(cells), 0);
  const favoured = [...exact].sort((a, b) => (b.cells % 1) - (a.cells % 1)).slice(0, spare);
  return exact.flatMap((entry) => {
    const cells = Math.floor(entry.cells) + (favoured.includes(entry) ? 1 : 0);
    return Array.from({ length: cells }, () => entry.part);
  });
}

/** One line a part; where there are fewer rows than parts, the last line sums up the rest. */
function legendLines(
  { snapshot, glyphs }: Scene,
  parts: readonly TimePart[],
  windowNs: number,
  rows: number,
  wide: boolean,
): Line[] {
  const recent = recentSplit(snapshot.history, windowNs);
  const { time } = snapshot.totals;
  const figures = (some: readonly TimePart[]) => {
    const session = wide
      ? [
          formatPercent(shareOf(time, some, parts)).padStart(6),
          formatDuration(totalOf(time, some), glyphs.micro).padStart(7),
        ].join('')
      : '';
    return formatPercent(recent === null ? null : shareOf(recent, some, parts)).padStart(5) + session;
  };
  const line = (part: TimePart): Line => [
    span(' '),
    { text: PART_WORDS[part].letter, tone: part, filled: true },
    span(` ${PART_WORDS[part].name.padEnd(12)}`, part),
    span(figures([part]), 'strong'),
  ];
  if (parts.length <= rows) {
    const heading: Line[] = wide ? [[span(`${' '.repeat(15)} last   all   time`, 'label')]] : [];
    return [...heading, ...parts.map(line)];
  }
  const rest = parts.slice(rows - 1);
  return [...parts.slice(0, rows - 1).map(line), [span(`   ${'the rest'.padEnd(12)}`), span(figures(rest), 'strong')]];
}

function shareOf(split: TimeSplit, some: readonly TimePart[], all: readonly TimePart[]): number | null {
  const totalNs = totalOf(split, all);
  return totalNs > 0 ? totalOf(split, some) / totalNs : null;
}

function idleShare(split: TimeSplit | null): number | null {
  return split === null ? null : shareOf(split, PART_ORDER.filter(isIdle), PART_ORDER);
}

function totalOf(split: TimeSplit, parts: readonly TimePart[]): number {
  return parts.reduce((sum, part) => sum + split[part], 0);
}
