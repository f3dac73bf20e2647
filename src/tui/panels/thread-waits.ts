import { PART_WORDS } from '../../model/part-words.js';
import type { Distribution, HistogramCell, ThreadView } from '../../model/snapshot.js';
import { cell } from '../../text/cell.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import { barText, type Glyphs, titleText } from '../glyphs.js';
import { histogramRows } from '../histogram.js';
import { type ListState, visibleRows } from '../list.js';
import { type Line, span, type Tone } from '../styled.js';

export const WAITS_HEAD_ROWS = 2;

/** A row of the waits table: all major faults together, or one cause in one system call. */
export interface WaitRow {
  readonly id: string;
  readonly cause: string;
  readonly syscall: string;
  readonly tone: Tone;
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number | null;
  readonly open: boolean;
  readonly distribution: Distribution;
  readonly histogram: readonly HistogramCell[];
}

/** The major faults first, wherever they were taken, then what the thread waited for, longest first. */
export function waitRows(thread: ThreadView): WaitRow[] {
  return [
    {
      id: 'major faults',
      cause: 'major faults',
      syscall: '(all)',
      tone: 'fault',
      count: thread.majorFaults,
      totalNs: thread.faultWaitNs,
      maxNs: thread.faultLatency.maxNs,
      open: thread.now.doing === 'waiting' && thread.now.cause === 'fault',
      distribution: thread.faultLatency,
      histogram: thread.faultHistogram,
    },
    ...thread.waits.map((wait) => ({
      ...wait,
      id: `${wait.cause} ${wait.syscall ?? ''}`,
      cause: wait.runtimeWord ?? PART_WORDS[wait.cause].name,
      syscall: wait.syscall ?? '-',
      tone: wait.cause,
    })),
  ];
}

/** The waits with their counts, times and percentiles, and the chosen one marked. */
export function waitsTable(
  rows: readonly WaitRow[],
  list: ListState,
  thread: ThreadView,
  area: { width: number; height: number },
  glyphs: Glyphs,
): Line[] {
  const room = Math.max(0, area.height - WAITS_HEAD_ROWS);
  const { top, chosenIndex } = visibleRows(
    list,
    rows.map(({ id }) => id),
    room,
  );
  const columns = [
    `  ${cell('cause', 12)}`,
    cell('syscall', syscallColumns(area.width)),
    ...HEADINGS.map((text) => cell(text, 6, 'right')),
    'now',
  ];
  return [
    [span(titleText('waits by cause and system call, longest first', area.width, glyphs), 'title')],
    [span(columns.join(' '), 'label')],
    ...rows
      .slice(top, top + room)
      .map((row, index) =>
        waitLine(row, thread.lifetimeNs, top + index === chosenIndex, syscallColumns(area.width), glyphs),
      ),
  ];
}

/** What the other columns leave; the longest names of system calls take 23. */
function syscallColumns(width: number): number {
  return Math.min(23, Math.max(6, width - 70));
}

const HEADINGS = ['count', 'total', 'share', 'p50', 'p90', 'p99', 'max'];

function waitLine(row: WaitRow, lifetimeNs: number, chosen: boolean, columns: number, { micro }: Glyphs): Line {
  const { p50Ns, p90Ns, p99Ns } = row.distribution;
  const duration = (ns: number | null) => formatDuration(ns, micro);
  const figures = [
    formatCount(row.count),
    duration(row.totalNs),
    formatPercent(lifetimeNs > 0 ? row.totalNs / lifetimeNs : null),
    ...[p50Ns, p90Ns, p99Ns, row.maxNs].map(duration),
  ];
  const tone = (own: Tone): Tone => (chosen ? 'chosen' : own);
  return [
    span(chosen ? '> ' : '  ', tone('plain')),
    span(`${cell(row.cause, 12)} `, tone(row.tone)),
    span(
      `${[cell(row.syscall, columns), ...figures.map((text) => cell(text, 6, 'right'))].join(' ')} ${row.open ? 'open' : '    '}`,
      tone('plain'),
    ),
  ];
}

/** How long the chosen kind of wait took: bars over powers of two. */
export function latencyBars(row: WaitRow, width: number, height: number, glyphs: Glyphs): Line[] {
  const bars = histogramRows(row.histogram, height - 1);
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  const largest = Math.max(1, ...bars.map(({ count }) => count));
  const room = Math.max(1, width - LABEL_COLUMNS - FIGURE_COLUMNS);
  const title = `latency of ${row.cause}${row.syscall.startsWith('(') || row.syscall === '-' ? '' : ` in ${row.syscall}`}, ${formatCount(total)} measured`;
  return [
    [span(titleText(title, width, glyphs), 'title')],
    ...bars.map(({ fromNs, toNs, count }) => [
      span(
        `${cell(formatDuration(fromNs, glyphs.micro), 8, 'right')} -${cell(formatDuration(toNs, glyphs.micro), 7, 'right')} ${glyphs.axis}`,
        'label',
      ),
      span(cell(barText(count / largest, room, glyphs), room), row.tone),
      span(`${formatCount(count).padStart(6)}${formatPercent(count / total).padStart(6)}`),
    ]),
    ...(bars.length === 0 ? [[span('  none measured', 'label')]] : []),
  ];
}

const LABEL_COLUMNS = 19;
const FIGURE_COLUMNS = 13;
