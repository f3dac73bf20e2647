import { PART_WORDS } from '../../model/part-words.js';
import type { Snapshot, ThreadView } from '../../model/snapshot.js';
import { formatCount, formatPercent } from '../../text/units.js';
import { duration, share } from './figures.js';
import { type Html, html, type Piece } from './html.js';
import type { LaneColumns, LaneHistory } from './lane-columns.js';
import { LANE_HEIGHT, LANE_PARTS, type LaneColumn, laneCell, lanePaths } from './lane-path.js';
import type { LanesData } from './page/page-data.js';
import type { Section } from './section.js';
import { table } from './table.js';
import { TIME_UNITS, timeAxis, timeControls, timeScale } from './time-axis.js';
import { lookOf } from './time-by-cause.js';

/** Lanes drawn: those that matter most. */
export const SHOWN_LANES = 40;
/** Threads in the table. */
const LISTED_THREADS = 200;

/** The lanes that are drawn, with what the page's script says of them. */
export interface DrawnLanes {
  readonly lanes: readonly LaneHistory[];
  readonly data: LanesData;
}

export function drawnLanes(columns: LaneColumns): DrawnLanes {
  const lanes = columns.most(SHOWN_LANES);
  const data = {
    columns: columns.columns.map(({ toNs }) => toNs),
    lanes: lanes.map((lane) => ({
      name: laneName(lane),
      cells: columns.columns.map(({ fromNs, toNs }, index) => laneCell(lane, index, toNs - fromNs)),
    })),
  };
  return { lanes, data };
}

/** What each thread spent its time on over time, and what it came to. */
export function threadsSection(snapshot: Snapshot, columns: LaneColumns, drawn: DrawnLanes): Section {
  return {
    id: 'threads',
    title: 'Threads',
    body: [drawn.lanes.length === 0 ? null : lanesChart(snapshot, columns, drawn.lanes), threadTable(snapshot)],
  };
}

function lanesChart(snapshot: Snapshot, columns: LaneColumns, lanes: readonly LaneHistory[]): Piece {
  const { window } = snapshot;
  const x = timeScale(window.durationNs);
  const placed = columns.columns.map(
    ({ fromNs, toNs }): LaneColumn => ({
      from: x(fromNs),
      to: x(toNs),
      durationNs: toNs - fromNs,
    }),
  );
  const each = placed.reduce((sum, { durationNs }) => sum + durationNs, 0) / Math.max(1, placed.length);
  const views = new Map(snapshot.threads.map((thread) => [thread.id, thread]));
  return html`<p>A lane for each thread: how each ${duration(Math.round(each))} of its time was spent, from the bottom up; blank is idle. ${leftOut(snapshot, columns, lanes)}</p>
<ul class="legend">${LANE_PARTS.map((part) => html`<li><svg viewBox="0 0 20 14" aria-hidden="true"><rect width="20" height="14" class="${lookOf(part)}"/></svg>${PART_WORDS[part].name}</li>`)}<li><svg viewBox="0 0 20 14" aria-hidden="true"><rect width="20" height="14" class="alive"/></svg>idle</li></ul>
${timeControls('threads')}
<div class="time-chart lanes" data-chart="threads">${lanes.map((lane) => laneHtml(lane, placed, views.get(lane.id) ?? null, window.durationNs))}${timeAxis(window.durationNs)}</div>
<p class="readout" data-readout="threads" hidden></p>
`;
}

function laneHtml(
  lane: LaneHistory,
  columns: readonly LaneColumn[],
  view: ThreadView | null,
  durationNs: number,
): Html {
  const lived = livedIn(lane, columns);
  const fault = formatPercent(
    view === null ? share(lane.faultNs, durationNs) : share(view.faultWaitNs, view.lifetimeNs),
  );
  const label = `${laneName(lane)}: ${fault} of its life in major faults; the table below has its other figures`;
  return html`<div class="lane"><div class="label" title="${laneName(lane)}"><span class="name">${lane.name ?? '-'}</span> <span>${lane.tid}</span> <b>${fault}</b></div>
<svg data-time viewBox="0 0 ${TIME_UNITS} ${LANE_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}"><path class="alive" d="M${lived.from} 0H${lived.to}V${LANE_HEIGHT}H${lived.from}z"/>${lanePaths(lane, columns).map(({ part, path }) => html`<path class="${lookOf(part)}" d="${path}"/>`)}</svg></div>
`;
}

/** From the first column in which it spent any time to the last. */
function livedIn(lane: LaneHistory, columns: readonly LaneColumn[]): { from: number; to: number } {
  const lived = columns.filter(({ durationNs }, index) => laneCell(lane, index, durationNs) !== '');
  return { from: lived[0]?.from ?? 0, to: lived.at(-1)?.to ?? 0 };
}

function laneName({ name, tid }: Pick<LaneHistory, 'name' | 'tid'>): string {
  return `${name ?? '-'} ${tid}`;
}

function leftOut({ totals }: Snapshot, { size, left }: LaneColumns, lanes: readonly LaneHistory[]): string {
  const others = size + left - lanes.length;
  if (others === 0) return '';
  const shown = share(
    lanes.reduce((sum, { faultNs }) => sum + faultNs, 0),
    totals.faultWaitNs,
  );
  const have =
    shown === null ? 'those that were busiest' : `which have ${formatPercent(Math.min(1, shown))} of the fault time`;
  return `Drawn are ${lanes.length}, ${have}; ${formatCount(others)} more are left out.`;
}

function threadTable({ threads }: Snapshot): Piece {
  const ofLife = (ns: (thread: ThreadView) => number) => (thread: ThreadView) => share(ns(thread), thread.lifetimeNs);
  const rows = threads.toSorted((a, b) => b.faultWaitNs - a.faultWaitNs || b.onCpuNs - a.onCpuNs);
  return table({
    caption: 'Threads, most time in major faults first; shares are of their own life',
    rows,
    limit: LISTED_THREADS,
    none: 'none was seen',
    columns: [
      { header: 'TID', value: ({ tid }) => tid, cell: ({ tid }) => String(tid) },
      { header: 'name', cell: ({ name, alive }) => [name ?? '-', alive ? null : html` <small>(ended)</small>`] },
      { header: 'lived', value: ({ lifetimeNs }) => lifetimeNs, format: duration },
      { header: 'major faults', value: ({ majorFaults }) => majorFaults, format: formatCount },
      {
        header: 'p50',
        value: ({ faultLatency }) => faultLatency.p50Ns,
        format: duration,
        hint: 'median fault latency',
      },
      { header: 'p99', value: ({ faultLatency }) => faultLatency.p99Ns, format: duration },
      { header: 'max', value: ({ faultLatency }) => faultLatency.maxNs, format: duration },
      { header: 'fault', value: ofLife(({ time }) => time.fault), format: formatPercent },
      { header: 'fault-other', value: ofLife(({ time }) => time['fault-other']), format: formatPercent },
      { header: 'on-CPU', value: ofLife(({ time }) => time.onCpu), format: formatPercent },
      { header: 'run queue', value: ofLife(({ time }) => time.runQueue), format: formatPercent },
      { header: 'disk', value: ofLife(({ time }) => time.disk), format: formatPercent },
      { header: 'lock', value: ofLife(({ time }) => time.lock), format: formatPercent },
      { header: 'net', value: ofLife(({ time }) => time.net), format: formatPercent },
      { header: 'other', value: ofLife(({ time }) => time.other + time.stopped + time.stolen), format: formatPercent },
      { header: 'idle', value: ofLife(({ time }) => time.poll + time.sleep + time.parked), format: formatPercent },
    ],
  });
}
