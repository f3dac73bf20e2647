import type { ThreadView } from '../model/snapshot.js';
import { type Band, layOut } from './layout.js';
import type { Area } from './painter.js';
import { breakdown } from './panels/breakdown.js';
import { footer } from './panels/footer.js';
import { HEADER_ROWS, header } from './panels/header.js';
import { helpLines } from './panels/help.js';
import { LONGEST_HEAD_ROWS, longest, longestPage } from './panels/longest.js';
import { notes } from './panels/notes.js';
import { rateChart } from './panels/rate.js';
import { ACCOUNT_ROWS, accountLines } from './panels/thread-account.js';
import { latencyBars, WAITS_HEAD_ROWS, waitRows, waitsTable } from './panels/thread-waits.js';
import { TABLE_HEAD_ROWS, tableWidth, threads } from './panels/threads.js';
import { MIN_HEIGHT, MIN_WIDTH, tooSmall } from './panels/too-small.js';
import { chartWindowNs } from './resample.js';
import type { Panel, Scene } from './scene.js';
import type { Surroundings } from './state.js';
import { span } from './styled.js';
import type { Placed } from './widgets.js';

/** The main screen from top to bottom. A panel more is a band more. */
const MAIN_BANDS: readonly Band<'header' | 'charts' | 'threads' | 'longest' | 'notes' | 'footer'>[] = [
  { id: 'header', min: HEADER_ROWS, max: HEADER_ROWS, grow: 0 },
  { id: 'charts', min: 5, max: 20, grow: 3 },
  { id: 'threads', min: 4, max: Number.POSITIVE_INFINITY, grow: 5 },
  { id: 'longest', min: 5, max: 14, grow: 2, fromHeight: 32 },
  { id: 'notes', min: 2, max: 5, grow: 0.6 },
  { id: 'footer', min: 1, max: 1, grow: 0 },
];

const THREAD_BANDS: readonly Band<'header' | 'account' | 'waits' | 'latency' | 'footer'>[] = [
  { id: 'header', min: 1, max: 1, grow: 0 },
  { id: 'account', min: ACCOUNT_ROWS, max: ACCOUNT_ROWS, grow: 0 },
  { id: 'waits', min: 5, max: 16, grow: 1 },
  { id: 'latency', min: 5, max: Number.POSITIVE_INFINITY, grow: 1.5 },
  { id: 'footer', min: 1, max: 1, grow: 0 },
];

const PAGE_BANDS: readonly Band<'header' | 'page' | 'footer'>[] = [
  { id: 'header', min: 1, max: 1, grow: 0 },
  { id: 'page', min: 5, max: Number.POSITIVE_INFINITY, grow: 1 },
  { id: 'footer', min: 1, max: 1, grow: 0 },
];

const NOWHERE: Area = { left: 0, top: 0, width: 0, height: 0 };

/** Everything on the screen for this view and size. Pure. */
export function composeScreen(scene: Scene, width: number, height: number): Placed[] {
  if (width < MIN_WIDTH || height < MIN_HEIGHT) {
    return [{ area: { left: 0, top: 0, width, height }, lines: tooSmall(width, height) }];
  }
  if (scene.view.screen === 'main') return mainScreen(scene, width, height);
  if (scene.view.screen === 'thread') return threadScreen(scene, width, height);
  return pageScreen(scene, width, height);
}

function mainScreen(scene: Scene, width: number, height: number): Placed[] {
  const areas = layOut(MAIN_BANDS, width, height);
  const place = (id: (typeof MAIN_BANDS)[number]['id'], panel: Panel): Placed[] => placed(scene, areas.get(id), panel);
  return [
    ...place('header', header),
    ...charts(scene, areas.get('charts') ?? NOWHERE),
    ...place('threads', threads),
    ...place('longest', longest),
    ...place('notes', notes),
    ...place('footer', footer),
  ];
}

/** The fault rate on the left, the breakdown on the right, over the same span; a blank column between. */
function charts(scene: Scene, area: Area): Placed[] {
  const left = { ...area, width: Math.floor(area.width / 2) - 1 };
  const right = { ...area, left: left.width + 1, width: area.width - left.width - 1 };
  const windowNs = chartWindowNs(scene.snapshot.history, right.width);
  const { lines, plot } = rateChart(scene, windowNs, left.width, left.height);
  const plotArea =
    plot === null ? null : { ...plot.area, left: left.left + plot.area.left, top: left.top + plot.area.top };
  return [
    {
      area: left,
      lines,
      plot: plot === null || plotArea === null ? undefined : { area: plotArea, heights: plot.heights },
    },
    { area: right, lines: breakdown(scene, windowNs, right.width, right.height) },
  ];
}

function threadScreen(scene: Scene, width: number, height: number): Placed[] {
  const areas = layOut(THREAD_BANDS, width, height);
  const thread = openThread(scene);
  const edges = [...placed(scene, areas.get('header'), header), ...placed(scene, areas.get('footer'), footer)];
  const account = areas.get('account') ?? NOWHERE;
  if (thread === undefined) return [...edges, { area: account, lines: [[span(' this thread is no longer known')]] }];
  const waits = areas.get('waits') ?? NOWHERE;
  const latency = areas.get('latency') ?? NOWHERE;
  const rows = waitRows(thread);
  const chosen = rows.find(({ id }) => id === scene.view.waits.chosen) ?? rows[0];
  return [
    ...edges,
    { area: account, lines: accountLines(thread, scene.glyphs) },
    { area: waits, lines: waitsTable(rows, scene.view.waits, thread, waits, scene.glyphs) },
    { area: latency, lines: chosen === undefined ? [] : latencyBars(chosen, width, latency.height, scene.glyphs) },
  ];
}

function pageScreen(scene: Scene, width: number, height: number): Placed[] {
  const areas = layOut(PAGE_BANDS, width, height);
  const help: Panel = (_scene, columns) => helpLines(scene, columns).slice(scene.view.scroll);
  return [
    ...placed(scene, areas.get('header'), header),
    ...placed(scene, areas.get('page'), scene.view.screen === 'help' ? help : longestPage),
    ...placed(scene, areas.get('footer'), footer),
  ];
}

function placed(scene: Scene, area: Area | undefined, panel: Panel): Placed[] {
  return area === undefined ? [] : [{ area, lines: panel(scene, area.width, area.height) }];
}

function openThread({ snapshot, view }: Scene): ThreadView | undefined {
  return snapshot.threads.find(({ id }) => id === view.openThread);
}

/** What key handling must know about the screen drawn by {@link composeScreen}. */
export function surroundings(scene: Scene, width: number, height: number): Surroundings {
  const thread = openThread(scene);
  const rowsOf = (area: Area | undefined, heading: number) => Math.max(1, (area?.height ?? 0) - heading);
  const pageHeight = layOut(PAGE_BANDS, width, height).get('page');
  const help = scene.view.screen === 'help';
  return {
    snapshot: scene.snapshot,
    threadIds: scene.ordered.ids,
    threadRows: rowsOf(layOut(MAIN_BANDS, width, height).get('threads'), TABLE_HEAD_ROWS),
    tableWidth: tableWidth(width),
    waitIds: thread === undefined ? [] : waitRows(thread).map(({ id }) => id),
    waitRows: rowsOf(layOut(THREAD_BANDS, width, height).get('waits'), WAITS_HEAD_ROWS),
    pageLines: help ? helpLines(scene, width).length : scene.snapshot.longestFaults.length,
    pageRows: rowsOf(pageHeight, help ? 0 : LONGEST_HEAD_ROWS),
  };
}
