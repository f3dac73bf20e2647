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

/** Lanes drawn at most: those that matter most, as many as fit into so many characters of paths. */
const SHOWN_LANES = 40;
const PATH_CHARACTERS = 600_000;
/** Threads in the table. */
const LISTED_THREADS = 200;

/** A lane as it is drawn. */
interface DrawnLane {
  readonly lane: LaneHistory;
  readonly paths: ReturnType<typeof lanePaths>;
}

/** The lanes that are drawn, with what the page's script says of them. */
export interface DrawnLanes {
  readonly lanes: readonly DrawnLane[];
  readonly columns: readonly LaneColumn[];
  readonly data: LanesData;
  /** Threads that have none. */
  readonly leftOut: number;
}

export function drawnLanes(history: LaneColumns, durationNs: number): DrawnLanes {
  const x = timeScale(durationNs);
  const columns = history.columns.map(
    ({ fromNs, toNs }): LaneColumn => ({
      from: x(fromNs),
      to: x(toNs),
      durationNs: toNs - fromNs,
    }),
  );
  const lanes: DrawnLane[] = [];
  let room = PATH_CHARACTERS;
  for (const lane of history.most(SHOWN_LANES)) {
    const paths = lanePaths(lane, columns);
    room -= paths.reduce((sum, { path }) => sum + path.length, 0);
    if (room < 0) break;
    lanes.push({ lane, paths });
  }
  const data = {
    columns: history.columns.map(({ toNs }) => toNs),
    lanes: lanes.map(({ lane }) => ({
      name: laneName(lane),
      cells: columns.map(({ durationNs: ns }, index) => laneCell(lane, index, ns)),
    })),
  };
  return { lanes, columns, data, leftOut: history.size + history.left - lanes.length };
}

/** What each thread spent its time on over time, and what it came to. */
export function threadsSection(snapshot: Snapshot, drawn: DrawnLanes): Section {
  return {
    id: 'threads',
    title: 'Threads',
    body: [drawn.lanes.length === 0 ? null : lanesChart(snapshot, drawn), threadTable(snapshot)],
  };
}

function lanesChart(snapshot: Snapshot, drawn: DrawnLanes): Piece {
  const { durationNs } = snapshot.window;
  const { lanes, columns } = drawn;
  const each = columns.reduce((sum, { durationNs: ns }) => sum + ns, 0) / Math.max(1, columns.length);
  const views = new Map(snapshot.threads.map((thread) => [thread.id, thread]));
  return html`<p>A lane for each thread: how each ${duration(Math.round(each))} of its time was spent, from the bottom up; blank is idle. ${leftOutText(snapshot, drawn)}</p>
<ul class="legend">${LANE_PARTS.map((part) => legendEntry(lookOf(part), PART_WORDS[part].name))}${legendEntry('alive', 'idle')}</ul>
${timeControls('threads')}
<div class="time-chart lanes" data-chart="threads">${lanes.map((one) => laneHtml(one, columns, views.get(one.lane.id) ?? null, durationNs))}${timeAxis(durationNs)}</div>
<p class="readout" data-readout="threads" hidden></p>
`;
}

function legendEntry(look: string, name: string): Html {
  return html`<li><svg viewBox="0 0 20 14" aria-hidden="true"><rect width="20" height="14" class="${look}"/></svg>${name}</li>`;
}

function laneHtml(
  { lane, paths }: DrawnLane,
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
<svg data-time viewBox="0 0 ${TIME_UNITS} ${LANE_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}"><path class="alive" d="M${lived.from} 0H${lived.to}V${LANE_HEIGHT}H${lived.from}z"/>${paths.map(({ part, path }) => html`<path class="${lookOf(part)}" d="${path}"/>`)}</svg></div>
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

function leftOutText({ totals }: Snapshot, { lanes, leftOut }: DrawnLanes): string {
  if (leftOut === 0) return '';
  const shown = share(
    lanes.reduce((sum, { lane }) => sum + lane.faultNs, 0),
    totals.faultWaitNs,
  );
  const have =
    shown === null ? 'those that were busiest' : `which have ${formatPercent(Math.min(1, shown))} of the fault time`;
  return `Drawn are ${lanes.length}, ${have}; ${formatCount(leftOut)} more are left out.`;
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
