import { WAY_WORDS } from '../../diagnosis/eviction-words.js';
import type { ActorView, EvictorView, FillerView, PageCacheView, SuspectView } from '../../model/page-cache-view.js';
import { cell, columnsOf } from '../../text/cell.js';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from '../../text/units.js';
import { wrap } from '../../text/wrap.js';
import { absentSet, staleSet } from '../absent-set.js';
import { barText, type Glyphs, titleText } from '../glyphs.js';
import type { Panel, Scene } from '../scene.js';
import { type Line, span } from '../styled.js';
import { type Column, tableOf } from '../table.js';
import { causeLines } from './fault-causes.js';

/** Rows of each table on the page before the rest is counted. */
const FILLERS = 10;
const PAGE_BYTES = 4096;

/** The page: who evicts the target's pages, why they were not there, who fills memory. */
export function pageCacheLines(scene: Scene, width: number): readonly Line[] {
  const { snapshot, glyphs } = scene;
  const view = snapshot.pageCache;
  if (view === null) {
    return [[span(titleText('page cache', width, glyphs), 'title')], ...absentSet(scene, 'pagecache', width)];
  }
  return [
    ...staleSet(scene, 'pagecache', width),
    ...evictorTable(view, view.evictors, width, glyphs),
    [],
    ...causeLines(view, width, glyphs),
    ...suspectTable(view, width, glyphs),
    [],
    ...fillerTable(view, width, glyphs),
    ...footnotes(view, width),
  ];
}

/** A few evictors beside other panels. */
export const evictors: Panel = (scene, width, height) => {
  const { snapshot, glyphs } = scene;
  const view = snapshot.pageCache;
  if (view === null) {
    return [[span(titleText('page cache', width, glyphs), 'title')], ...absentSet(scene, 'pagecache', width)];
  }
  return evictorTable(view, view.evictors.slice(0, Math.max(0, height - 2)), width, glyphs);
};

function evictorTable(view: PageCacheView, shown: readonly EvictorView[], width: number, glyphs: Glyphs): Line[] {
  const { majorFaults } = view;
  const columns: readonly Column<EvictorView>[] = [
    { header: 'way', width: 12, align: 'left', format: ({ way }) => WAY_WORDS[way] },
    { header: 'pages', width: 6, format: ({ pages }) => formatCount(pages) },
    { header: 'bytes', width: 7, format: ({ pages }) => formatBytes(pages * PAGE_BYTES), fromWidth: 100 },
    { header: '/s', width: 5, format: ({ pagesRateHz }) => formatRate(pagesRateHz), fromWidth: 100 },
    { header: 'refault', width: 7, format: ({ refaults }) => formatCount(refaults) },
    {
      header: 'share',
      width: 5,
      format: ({ refaults }) => formatPercent(majorFaults > 0 ? refaults / majorFaults : null),
      tone: 'fault',
    },
    { header: 'age', width: 6, format: ({ meanAgeNs }, { micro }) => formatDuration(meanAgeNs, micro) },
    {
      header: 'max',
      width: 6,
      format: ({ maxAgeNs }, { micro }) => formatDuration(maxAgeNs, micro),
      fromWidth: 100,
    },
    {
      header: 'f.time',
      width: 6,
      format: ({ refaults, refaultWaitNs }, { micro }) => formatDuration(refaults > 0 ? refaultWaitNs : null, micro),
      fromWidth: 72,
    },
  ];
  const title = `evictors of its pages: ${formatCount(view.evictedPages)} pages, ${formatRate(view.evictedRateHz)}/s`;
  return tableOf({
    title,
    rows: shown,
    columns,
    width,
    glyphs,
    ...actorName,
    none: 'nobody has evicted any of its pages',
  });
}

function suspectTable(view: PageCacheView, width: number, glyphs: Glyphs): Line[] {
  if (view.kswapdRefaults === 0) return [];
  const columns: readonly Column<SuspectView>[] = [
    { header: 'share', width: 5, format: ({ share }) => formatPercent(share) },
    { header: '', width: 16, align: 'left', format: ({ share }) => barText(share, 16, glyphs), fromWidth: 72 },
    { header: 'refault', width: 7, format: ({ refaults }) => formatCount(refaults) },
  ];
  const title = `suspects for kswapd's evictions: ${formatCount(view.kswapdRefaults)} refaults`;
  const none = 'who filled memory while kswapd evicted is not known';
  return [
    [],
    ...tableOf({ title, rows: view.suspects, columns, width, glyphs, ...actorName, none }),
    ...note('kswapd evicts for others: share of what was brought into memory then; no proof of guilt', width),
  ];
}

function fillerTable(view: PageCacheView, width: number, glyphs: Glyphs): Line[] {
  const columns: readonly Column<FillerView>[] = [
    { header: 'page cache', width: 10, format: ({ pageCacheBytes }) => formatBytes(pageCacheBytes) },
    { header: 'anonymous', width: 9, format: ({ anonymousBytes }) => formatBytes(anonymousBytes) },
    { header: 'bytes/s', width: 7, format: ({ rateBytesPerSecond }) => formatBytes(Math.round(rateBytesPerSecond)) },
  ];
  const title = `who fills memory: ${formatBytes(view.filledBytes)} in all`;
  const rows = view.fillers.slice(0, FILLERS);
  const more = view.fillers.length - rows.length;
  return [
    ...tableOf({ title, rows, columns, width, glyphs, ...actorName, none: 'nobody yet' }),
    ...(more > 0 ? note(`and ${more} more`, width) : []),
  ];
}

interface Row {
  readonly actor: ActorView;
}

/** The columns of who it is take the room that the figures leave: cgroup, and command where there is much. */
const actorName = {
  name: 'pid process',
  nameOf: ({ actor }: Row): string =>
    actor.pid === 0
      ? '      - many others'
      : `${String(actor.pid).padStart(7)} ${actor.isTarget ? 'the target' : (actor.comm ?? '-')}`,
  more: {
    header: (columns: number): string =>
      columns < ROOM_FOR_COMMANDS ? 'cgroup' : `${cell('cgroup', CGROUP_COLUMNS)} command`,
    textOf: ({ actor }: Row, columns: number): string =>
      columns < ROOM_FOR_COMMANDS
        ? cgroupText(actor, columns)
        : `${cell(cgroupText(actor, CGROUP_COLUMNS), CGROUP_COLUMNS)} ${actor.command ?? '-'}`,
  },
};

const CGROUP_COLUMNS = 36;
const ROOM_FOR_COMMANDS = 60;

/** Its last parts are what tells it from others. */
function cgroupText({ cgroup }: ActorView, columns: number): string {
  let text = cgroup ?? '-';
  while (columnsOf(text) > columns && text.includes('/', 1)) text = text.slice(text.indexOf('/', 1));
  return text;
}

function footnotes(view: PageCacheView, width: number): Line[] {
  const { sampling, watchedNs, majorFaults, sampledFaults } = view;
  const sampled =
    sampling.oneIn === 1
      ? 'every evicted page is remembered'
      : `one page in ${sampling.oneIn} is remembered; refaults and causes are scaled from ${formatCount(sampledFaults)} of ${formatCount(majorFaults)} faults, pages evicted are exact`;
  const forgotten = sampling.forgotten > 0 ? `; ${formatCount(sampling.forgotten)} had to be forgotten` : '';
  return [
    ...note(`watched for ${formatDuration(watchedNs)}; ${sampled}${forgotten}`, width),
    ...note('share: of its major faults; age: from eviction to refault, mean; anonymous: growth, at least', width),
  ];
}

function note(text: string, width: number): Line[] {
  return wrap(text, width - 2).map((line) => [span(` ${line}`, 'label')]);
}
