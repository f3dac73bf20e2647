import type { HistoryPoint, Snapshot, StallsView, StallView } from '../../model/snapshot.js';
import { formatClock, formatCount, formatPercent, formatRate } from '../../text/units.js';
import { clockMs, duration, share } from './figures.js';
import { type Html, html, type Piece } from './html.js';
import { details, type Section } from './section.js';
import { table } from './table.js';
import { TIME_UNITS, timeAxis, timeControls, timeScale } from './time-axis.js';
import { type Track, trackHtml } from './track.js';
import { stallTracks } from './tracks.js';

/** The stall, the faults and the longest stalls over time; null before the second reading. */
export function timelineSection(snapshot: Snapshot): Section | null {
  const { history, stalls } = snapshot;
  if (history.length === 0) return null;
  return {
    id: 'timeline',
    title: 'Stall over time',
    body: [
      timeChart(
        snapshot,
        'stall over time',
        stallTracks(snapshot),
        stalls === null ? null : stallMarks(stalls, snapshot),
      ),
      details('The same as a table', historyTable(history)),
      stalls === null ? null : stallTables(stalls),
    ],
  };
}

/** Tracks over one axis of time, to be zoomed together with all the others of the page. */
export function timeChart(snapshot: Snapshot, what: string, tracks: readonly Track[], marks: Piece): Html {
  const { history, window } = snapshot;
  const x = timeScale(window.durationNs);
  return html`${timeControls(what)}
<div class="time-chart" data-chart="${what}">${tracks.map((track) => trackHtml(track, history, x))}${marks}${timeAxis(window.durationNs)}</div>
<p class="readout" data-readout="${what}" hidden></p>
`;
}

function stallMarks({ longest, fullStalls }: StallsView, { window }: Snapshot): Piece {
  if (longest.length === 0) return null;
  const x = timeScale(window.durationNs);
  const label = `The ${longest.length} longest of ${formatCount(fullStalls)} full stalls; the table below lists them.`;
  return html`<div class="track marks"><div class="label"><b>Longest full stalls</b> <span>${longest.length} of ${formatCount(fullStalls)}, listed below</span></div>
<div class="plot"><svg data-time viewBox="0 0 ${TIME_UNITS} 100" preserveAspectRatio="none" role="img" aria-label="${label}">${longest.map(
    (stall) => html`<path class="mark" d="M${x(stall.startNs)} 0V100"><title>${stallText(stall)}</title></path>`,
  )}</svg></div></div>
`;
}

function stallText({ startNs, durationNs, level, capacity }: StallView): string {
  return `${duration(durationNs)} at ${clockMs(startNs)}, ${level} of ${capacity} stuck`;
}

/** Rows of the table that stands for the charts; more are taken together. */
const HISTORY_ROWS = 60;

function historyTable(history: readonly HistoryPoint[]): Html {
  const each = Math.ceil(history.length / HISTORY_ROWS);
  const rows = Array.from({ length: Math.ceil(history.length / each) }, (_, row) =>
    together(history.slice(row * each, (row + 1) * each)),
  );
  return table({
    caption: 'Stall and faults over time',
    rows,
    columns: [
      { header: 'until', value: ({ atNs }) => atNs, format: (ns) => formatClock(ns ?? 0) },
      { header: 'full stall', value: ({ full }) => full, format: formatPercent },
      { header: 'lost parallelism', value: ({ lost }) => lost, format: formatPercent },
      { header: 'stuck at once', value: ({ level }) => level, format: formatRate },
      { header: 'major faults', value: ({ faults }) => faults, format: formatCount },
      { header: 'faults/s', value: ({ rate }) => rate, format: formatRate },
    ],
  });
}

function together(points: readonly HistoryPoint[]) {
  const sum = (read: (point: HistoryPoint) => number): number => points.reduce((all, point) => all + read(point), 0);
  const sampledNs = sum(({ level }) => level?.sampledNs ?? 0);
  const ofLevel = (read: (level: NonNullable<HistoryPoint['level']>) => number): number | null =>
    share(
      sum(({ level }) => (level === null ? 0 : read(level))),
      sampledNs,
    );
  const faults = sum(({ majorFaults }) => majorFaults);
  const seconds = sum(({ durationNs }) => durationNs) / 1e9;
  return {
    atNs: points.at(-1)?.atNs ?? 0,
    full: ofLevel(({ fullNs }) => fullNs),
    lost: ofLevel(({ lostNs }) => lostNs),
    level: ofLevel(({ levelTimeNs }) => levelTimeNs),
    faults,
    rate: share(faults, seconds),
  };
}

function stallTables(stalls: StallsView): Piece {
  const { capacity, longest, fullStalls, levelNs, sampledNs } = stalls;
  return [
    capacity === null
      ? html`<p class="none">No capacity is known, so there are no full stalls to tell of: --capacity N tells how many threads the program needs to get on.</p>`
      : table({
          caption: `Longest full stalls of 1ms or more: ${longest.length} of ${formatCount(fullStalls)}`,
          rows: longest,
          none: 'there was none',
          columns: [
            { header: 'at', value: ({ startNs }) => startNs, cell: ({ startNs }) => clockMs(startNs) },
            { header: 'length', value: ({ durationNs }) => durationNs, format: duration },
            { header: 'stuck', value: ({ level }) => level, cell: (stall) => `${stall.level} of ${stall.capacity}` },
            { header: 'threads', cell: ({ threads }) => threadList(threads) },
          ],
        }),
    levelTable(levelNs, sampledNs, capacity),
  ];
}

const LISTED_THREADS = 16;

/** Only long stalls tell. */
function threadList(threads: StallView['threads']): string {
  if (threads === null) return '-';
  const names = threads.slice(0, LISTED_THREADS).map(({ tid, name }) => `${name ?? '-'} ${tid}`);
  const rest = threads.length - names.length;
  return [...names, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

/** Levels told one by one; those above are one row. */
const LEVELS = 16;

function levelTable(levelNs: readonly number[], sampledNs: number, capacity: number | null): Html {
  const beyond = levelNs.slice(LEVELS).reduce((sum, ns) => sum + ns, 0);
  const rows = levelNs.slice(0, LEVELS).map((ns, level) => ({ level, name: levelName(level, capacity), ns }));
  if (beyond > 0) rows.push({ level: LEVELS, name: `${LEVELS} and more`, ns: beyond });
  return details(
    'How many threads were stuck at once',
    table({
      caption: 'Sampled time by the number of threads stuck in page faults at once',
      rows,
      columns: [
        { header: 'threads stuck', cell: ({ name }) => name },
        { header: 'time', value: ({ ns }) => ns, format: duration },
        { header: 'share', value: ({ ns }) => share(ns, sampledNs), format: formatPercent },
      ],
    }),
  );
}

function levelName(level: number, capacity: number | null): string {
  return capacity !== null && level >= capacity ? `${level} (full stall)` : String(level);
}
