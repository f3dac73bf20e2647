import { chainText } from '../../diagnosis/chain-words.js';
import { wakerText } from '../../diagnosis/waker-words.js';
import { isIdle } from '../../model/cause.js';
import { PART_WORDS } from '../../model/part-words.js';
import type { WakersView, WakeView } from '../../model/wakers-view.js';
import { cell } from '../../text/cell.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import { wrap } from '../../text/wrap.js';
import { absentSet, staleSet } from '../absent-set.js';
import { type Glyphs, titleText } from '../glyphs.js';
import type { Scene } from '../scene.js';
import { type Line, span } from '../styled.js';
import { threadName } from '../words.js';

/** Chains shown; the summary has more. */
const CHAINS = 8;

/** The page: locks behind faults first, then who ended the waits of each thread that passes the filter. */
export function wakeLines(scene: Scene, width: number): readonly Line[] {
  const { snapshot, glyphs } = scene;
  const { wakers } = snapshot;
  if (wakers === null || wakers.waits === 0) {
    return [[span(titleText('wakers', width, glyphs), 'title')], ...absentSet(scene, 'wakers', width)];
  }
  const stale = staleSet(scene, 'wakers', width);
  return [...stale, ...chainLines(wakers, width, glyphs), [], ...wakeTable(scene, wakers, width)];
}

function chainLines(view: WakersView, width: number, glyphs: Glyphs): Line[] {
  const { chains, chainsTold, lockWaitNs, lockBehindFaultNs } = view;
  const { micro } = glyphs;
  const said = (text: string): Line[] => wrap(text, width - 2).map((line) => [span(` ${line}`, 'label')]);
  const title: Line = [span(titleText('locks held by threads in a major fault', width, glyphs), 'title')];
  if (!chainsTold) return [title, ...said('not told for Go: its locks make goroutines wait, and hardly ever threads')];
  const of = `of ${formatDuration(lockWaitNs, micro)} of lock waits`;
  if (chains.length === 0) return [title, ...said(lockWaitNs === 0 ? 'no lock wait yet' : `none, ${of}`)];
  const share = formatPercent(Math.min(1, lockBehindFaultNs / lockWaitNs));
  const rest = chains.length - CHAINS;
  return [
    title,
    ...said(`${share} (${formatDuration(lockBehindFaultNs, micro)}) ${of}, at least`),
    ...chains.slice(0, CHAINS).flatMap((chain) => sentence(chainText(chain, micro), width)),
    ...(rest > 0 ? said(`and ${formatCount(rest)} more`) : []),
  ];
}

/** The second line and those after it are set in. */
function sentence(text: string, width: number): Line[] {
  return wrap(text, width - 4).map((line, index) => [span(`${index === 0 ? ' ' : '   '}${line}`, 'lock')]);
}

function wakeTable({ snapshot, view, ordered, glyphs }: Scene, wakers: WakersView, width: number): Line[] {
  const { filter } = view.query;
  const tids = new Set(ordered.threads.map(({ tid }) => tid));
  const rows = wakers.wakes
    .filter(({ tid }) => filter === '' || tids.has(tid))
    .filter(({ cause }) => view.showIdle || !isIdle(cause));
  const columns = columnsFor(width);
  const unseen =
    wakers.unseenWaits === 0
      ? ''
      : `, of ${formatCount(wakers.unseenWaits)} of ${formatCount(wakers.waits)} nobody saw the end`;
  const filtered = filter === '' ? '' : `, of threads like ${filter}`;
  const told = snapshot.probes.find(({ set }) => set === 'wakers')?.variant ?? null;
  return [
    [span(titleText(`who ended the waits${filtered}${unseen}`, width, glyphs), 'title')],
    [
      span(
        lineOf(columns, ({ header }) => header),
        'label',
      ),
    ],
    ...rows.map((row) => [span(lineOf(columns, ({ format }) => format(row, glyphs)))]),
    ...(rows.length === 0 ? [[span('  none yet', 'label')]] : []),
    ...(view.showIdle
      ? []
      : [[span(`  idle waits aside: ${formatDuration(wakers.idleNs, glyphs.micro)} in all`, 'label')]]),
    ...(told === null ? [] : wrap(told, width - 2).map((text): Line => [span(` ${text}`, 'label')])),
  ];
}

interface Column {
  readonly header: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly format: (row: WakeView, glyphs: Glyphs) => string;
  /** Left out on screens narrower than this. */
  readonly fromWidth?: number;
}

const ENDED_BY: Column = { header: 'ended by', width: 0, align: 'left', format: wakerText };

const COLUMNS: readonly Column[] = [
  { header: 'TID', width: 7, align: 'right', format: ({ tid }) => String(tid), fromWidth: 80 },
  { header: 'thread', width: 15, align: 'left', format: (row) => threadName({ name: row.threadName }) },
  { header: 'waits in', width: 11, align: 'left', format: ({ cause }) => PART_WORDS[cause].name },
  { header: 'syscall', width: 16, align: 'left', format: ({ syscall }) => syscall ?? '-', fromWidth: 100 },
  ENDED_BY,
  { header: 'waits', width: 6, align: 'right', format: ({ count }) => formatCount(count) },
  { header: 'total', width: 6, align: 'right', format: ({ totalNs }, { micro }) => formatDuration(totalNs, micro) },
  {
    header: 'mean',
    width: 6,
    align: 'right',
    format: ({ totalNs, count }, { micro }) => formatDuration(Math.round(totalNs / count), micro),
    fromWidth: 70,
  },
  { header: 'max', width: 6, align: 'right', format: ({ maxNs }, { micro }) => formatDuration(maxNs, micro) },
];

/** Those there is room for; the waker takes what the others leave. */
function columnsFor(width: number): Column[] {
  const shown = COLUMNS.filter(({ fromWidth = 0 }) => width >= fromWidth);
  const taken = shown.reduce((sum, column) => sum + column.width + 1, 0);
  return shown.map((column) => (column === ENDED_BY ? { ...column, width: Math.max(8, width - taken - 1) } : column));
}

function lineOf(columns: readonly Column[], text: (column: Column) => string): string {
  return ` ${columns.map((column) => cell(text(column), column.width, column.align)).join(' ')}`;
}
