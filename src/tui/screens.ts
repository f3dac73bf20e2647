import type { ThreadView } from '../model/snapshot.js';
import type { ScreenId } from './actions.js';
import { type Band, layOut } from './layout.js';
import type { Area } from './painter.js';
import { breakdown } from './panels/breakdown.js';
import { deviceLines } from './panels/devices.js';
import { diagnosisLines } from './panels/diagnosis.js';
import { FILES_HEAD_ROWS, fileIds, fileListRows, filePage, filesPage, topFiles } from './panels/files.js';
import { findings } from './panels/findings.js';
import { flamePage, flameRows } from './panels/flames.js';
import { footer } from './panels/footer.js';
import { goroutineLines, goroutines } from './panels/goroutines.js';
import { HEADER_ROWS, header } from './panels/header.js';
import { helpLines } from './panels/help.js';
import { longest, longestLines } from './panels/longest.js';
import { notes } from './panels/notes.js';
import { evictors, pageCacheLines } from './panels/page-cache.js';
import { replayLine } from './panels/replay-line.js';
import { requestsPanel } from './panels/requests.js';
import { recentStalls, stallLines } from './panels/stall-log.js';
import { symptomsPage } from './panels/symptoms.js';
import { ACCOUNT_ROWS, accountLines } from './panels/thread-account.js';
import { latencyBars, WAITS_HEAD_ROWS, waitRows, waitsTable } from './panels/thread-waits.js';
import { TABLE_HEAD_ROWS, tableWidth, threads } from './panels/threads.js';
import { timeline } from './panels/timeline.js';
import { MIN_HEIGHT, MIN_WIDTH, tooSmall } from './panels/too-small.js';
import { probes, quality } from './panels/trust.js';
import { wakeLines } from './panels/wakes.js';
import { chartWindowNs } from './resample.js';
import { modeOf, type Panel, type Scene } from './scene.js';
import type { Surroundings } from './state.js';
import { type Line, span } from './styled.js';
import type { DrawnTracks } from './tracks.js';
import type { Placed } from './widgets.js';

type MainBand =
  | 'header'
  | 'quality'
  | 'probes'
  | 'charts'
  | 'threads'
  | 'runtime'
  | 'files'
  | 'logs'
  | 'findings'
  | 'notes';

/** On the lowest screen the row that tells of the replay is taken from one of these. */
interface UpperBand<Id extends string> extends Band<Id> {
  readonly inReplay?: Partial<Pick<Band<Id>, 'min' | 'fromHeight'>>;
}

/** The main screen from top to bottom. A panel more is a band more, or the half of one. */
const MAIN_BANDS: readonly UpperBand<MainBand>[] = [
  { id: 'header', min: HEADER_ROWS, max: HEADER_ROWS, grow: 0 },
  { id: 'quality', min: 1, max: 1, grow: 0 },
  { id: 'probes', min: 1, max: 1, grow: 0, fromHeight: 30 },
  { id: 'charts', min: 4, max: 20, grow: 3.4 },
  { id: 'threads', min: 4, max: Number.POSITIVE_INFINITY, grow: 3 },
  { id: 'runtime', min: 8, max: 16, grow: 1.5, fromHeight: 38 },
  { id: 'files', min: 5, max: 12, grow: 1, fromHeight: 64 },
  { id: 'logs', min: 5, max: 14, grow: 1, fromHeight: 48 },
  { id: 'findings', min: 2, max: 10, grow: 1.75 },
  { id: 'notes', min: 1, max: 4, grow: 0.4, inReplay: { fromHeight: MIN_HEIGHT + 1 } },
];

const THREAD_BANDS: readonly UpperBand<'header' | 'account' | 'waits' | 'latency'>[] = [
  { id: 'header', min: 1, max: 1, grow: 0 },
  { id: 'account', min: ACCOUNT_ROWS, max: ACCOUNT_ROWS, grow: 0 },
  { id: 'waits', min: 5, max: 16, grow: 1, inReplay: { min: 4 } },
  { id: 'latency', min: 5, max: Number.POSITIVE_INFINITY, grow: 1.5 },
];

/** The target and the gauge stay in sight on every page. */
const PAGE_BANDS: readonly UpperBand<'header' | 'page'>[] = [
  { id: 'header', min: 2, max: 2, grow: 0 },
  { id: 'page', min: 5, max: Number.POSITIVE_INFINITY, grow: 1 },
];

const REPLAY: Band<'replay'> = { id: 'replay', min: 1, max: 1, grow: 0 };
const FOOTER: Band<'footer'> = { id: 'footer', min: 1, max: 1, grow: 0 };

/** A screen's bands, with what stands at the foot of all. */
function bandsByMode<Id extends string>(upper: readonly UpperBand<Id>[]) {
  return {
    live: [...upper, FOOTER],
    replay: [...upper.map((band) => ({ ...band, ...band.inReplay })), REPLAY, FOOTER],
  };
}

const BANDS = {
  main: bandsByMode(MAIN_BANDS),
  thread: bandsByMode(THREAD_BANDS),
  page: bandsByMode(PAGE_BANDS),
};

/** Pages of lines that are scrolled as a whole. */
const SCROLLED: Readonly<Partial<Record<ScreenId, (scene: Scene, width: number) => readonly Line[]>>> = {
  help: helpLines,
  faults: longestLines,
  stalls: stallLines,
  goroutines: goroutineLines,
  findings: diagnosisLines,
  pages: pageCacheLines,
  devices: deviceLines,
  wakes: wakeLines,
};

/** So wide that three panels fit beside one another. */
const WIDTH_FOR_EVICTORS = 180;

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
  const areas = layOut(BANDS.main[modeOf(scene)], width, height);
  const place = (id: MainBand, panel: Panel): Placed[] => placed(scene, areas.get(id), panel);
  const pair = (id: MainBand): readonly Area[] => abreast(areas.get(id), 2);
  const [chart = NOWHERE, split = NOWHERE] = pair('charts');
  const windowNs = chartWindowNs(scene.snapshot.history, split.width);
  const [functions, requests] = pair('runtime');
  const withEvictors = scene.snapshot.pageCache !== null && width >= WIDTH_FOR_EVICTORS;
  const [stallLog, faultLog, evictorLog] = abreast(areas.get('logs'), withEvictors ? 3 : 2);
  return [
    ...place('header', header),
    ...place('quality', quality),
    ...place('probes', probes),
    drawn(chart, timeline(scene, windowNs, chart.width, chart.height)),
    { area: split, lines: breakdown(scene, windowNs, split.width, split.height) },
    ...place('threads', threads),
    ...placed(scene, functions, goroutines),
    ...(requests === undefined
      ? []
      : [drawn(requests, requestsPanel(scene, windowNs, requests.width, requests.height))]),
    ...place('files', topFiles),
    ...placed(scene, stallLog, recentStalls),
    ...placed(scene, faultLog, longest),
    ...placed(scene, evictorLog, evictors),
    ...place('findings', findings),
    ...place('notes', notes),
    ...foot(scene, areas),
  ];
}

/** Panels side by side with a blank column between them; none where the band is not on the screen. */
function abreast(area: Area | undefined, count: number): Area[] {
  if (area === undefined) return [];
  const begin = (index: number): number => Math.floor((index * area.width) / count) + (index > 0 ? 1 : 0);
  return Array.from({ length: count }, (_, index) => {
    const end = index === count - 1 ? area.width : Math.floor(((index + 1) * area.width) / count);
    return { ...area, left: area.left + begin(index), width: end - begin(index) };
  });
}

/** Tracks with their plots moved to where the panel is. */
function drawn(area: Area, { lines, plots }: DrawnTracks): Placed {
  const moved = plots.map((plot) => ({
    ...plot,
    area: { ...plot.area, left: area.left + plot.area.left, top: area.top + plot.area.top },
  }));
  return { area, lines, plots: moved };
}

function threadScreen(scene: Scene, width: number, height: number): Placed[] {
  const areas = layOut(BANDS.thread[modeOf(scene)], width, height);
  const thread = openThread(scene);
  const edges = [...placed(scene, areas.get('header'), header), ...foot(scene, areas)];
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
  const areas = layOut(BANDS.page[modeOf(scene)], width, height);
  const page = areas.get('page') ?? NOWHERE;
  return [...placed(scene, areas.get('header'), header), pageOf(scene, page), ...foot(scene, areas)];
}

function pageOf(scene: Scene, page: Area): Placed {
  const { screen, scroll } = scene.view;
  if (screen === 'symptoms') return drawn(page, symptomsPage(scene, page.width, page.height));
  if (screen === 'files') return { area: page, lines: filesPage(scene, page.width, page.height) };
  if (screen === 'flames') return { area: page, lines: flamePage(scene, page.width, page.height) };
  return { area: page, lines: scrolledLines(scene, page.width, page.height).slice(scroll) };
}

function scrolledLines(scene: Scene, width: number, height: number): readonly Line[] {
  if (scene.view.screen === 'file') return filePage(scene, width, height);
  return SCROLLED[scene.view.screen]?.(scene, width) ?? [];
}

function placed(scene: Scene, area: Area | undefined, panel: Panel): Placed[] {
  return area === undefined ? [] : [{ area, lines: panel(scene, area.width, area.height) }];
}

function foot(scene: Scene, areas: ReadonlyMap<string, Area>): Placed[] {
  return [...placed(scene, areas.get('replay'), replayLine), ...placed(scene, areas.get('footer'), footer)];
}

function openThread({ snapshot, view }: Scene): ThreadView | undefined {
  return snapshot.threads.find(({ id }) => id === view.openThread);
}

/** What key handling must know about the screen drawn by {@link composeScreen}. */
export function surroundings(scene: Scene, width: number, height: number): Surroundings {
  const thread = openThread(scene);
  const page = layOut(BANDS.page[modeOf(scene)], width, height).get('page');
  const rowsOf = (area: Area | undefined, heading: number) => Math.max(1, (area?.height ?? 0) - heading);
  const pageRows = rowsOf(page, 0);
  return {
    snapshot: scene.snapshot,
    threadIds: scene.ordered.ids,
    threadRows: rowsOf(layOut(BANDS.main[modeOf(scene)], width, height).get('threads'), TABLE_HEAD_ROWS),
    tableWidth: tableWidth(width),
    waitIds: thread === undefined ? [] : waitRows(thread).map(({ id }) => id),
    waitRows: rowsOf(layOut(BANDS.thread[modeOf(scene)], width, height).get('waits'), WAITS_HEAD_ROWS),
    fileIds: fileIds(scene.snapshot),
    fileRows: Math.max(1, fileListRows(pageRows) - FILES_HEAD_ROWS),
    pageLines: scrolledLines(scene, width, pageRows).length,
    pageRows,
    flames: scene.view.screen === 'flames' ? flameRows(scene, width, page?.height ?? 0) : null,
  };
}
