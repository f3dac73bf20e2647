import { startName } from '../../diagnosis/words.js';
import type { GoroutineFunction, GoroutineView, Snapshot } from '../../model/snapshot.js';
import { cell } from '../../text/cell.js';
import { formatCount, formatDuration, formatPercent, formatRate } from '../../text/units.js';
import { wrap } from '../../text/wrap.js';
import { type Glyphs, titleText } from '../glyphs.js';
import type { Panel, Scene } from '../scene.js';
import { type Line, span } from '../styled.js';

/** Start functions by the time their goroutines spent in major faults, as many as fit. */
export const goroutines: Panel = ({ snapshot, glyphs }, width, height) => {
  const view = snapshot.goroutines;
  if (view === null) {
    return [
      [span(titleText('goroutines: not told', width, glyphs), 'title')],
      ...wrap(whyNone(snapshot), width - 2).map((text) => [span(` ${text}`, 'label')]),
    ];
  }
  const room = Math.max(0, height - 2);
  const hidden = view.functions.length > room ? `, ${view.functions.length - room} more on o` : '';
  return functionTable(
    view.functions.slice(0, room),
    view.functions,
    `goroutines by fault time${hidden}`,
    width,
    glyphs,
  );
};

/** The page: all start functions, then the single goroutines with most fault time. */
export function goroutineLines(scene: Scene, width: number): Line[] {
  const { snapshot, glyphs } = scene;
  const view = snapshot.goroutines;
  if (view === null) return [...goroutines(scene, width, Number.POSITIVE_INFINITY)];
  const title = `start functions by the fault time of their goroutines (${view.functions.length}), exact`;
  return [
    ...functionTable(view.functions, view.functions, title, width, glyphs),
    [],
    ...singleTable(view.top, view.seen, width, glyphs),
    ...wrap(snapshot.runtime?.goroutineDetail ?? '', width - 2).map((text) => [span(` ${text}`, 'label')]),
    [span(' held P: share of the fault time in which the goroutine kept its P from others', 'label')],
    [span(' active, waiting: goroutines of the function at one moment, on average', 'label')],
  ];
}

/** Why there is no table: one sentence. */
function whyNone({ runtime }: Snapshot): string {
  if (runtime === null) return 'the runtime has not been looked at yet';
  if (runtime.kind !== 'go') return 'not a Go program';
  if (runtime.goroutines) return 'no major fault of a goroutine yet';
  return runtime.goroutineDetail ?? 'its goroutines cannot be told';
}

interface Column<Row> {
  readonly header: string;
  readonly width: number;
  readonly format: (row: Row, glyphs: Glyphs) => string;
  /** Left out on tables narrower than this. */
  readonly fromWidth?: number;
}

function functionTable(
  shown: readonly GoroutineFunction[],
  all: readonly GoroutineFunction[],
  title: string,
  width: number,
  glyphs: Glyphs,
): Line[] {
  const totalNs = all.reduce((sum, { faultWaitNs }) => sum + faultWaitNs, 0);
  const columns: readonly Column<GoroutineFunction>[] = [
    { header: 'majfl', width: 6, format: ({ majorFaults }) => formatCount(majorFaults) },
    {
      header: 'f.time',
      width: 6,
      format: ({ faultWaitNs }, { micro }) => formatDuration(faultWaitNs, micro),
      fromWidth: 76,
    },
    { header: 'share', width: 5, format: ({ faultWaitNs }) => formatPercent(ratio(faultWaitNs, totalNs)) },
    { header: 'mean', width: 6, format: (row, { micro }) => formatDuration(meanNs(row), micro) },
    {
      header: 'max',
      width: 6,
      format: ({ majorFaults, maxNs }, { micro }) => formatDuration(majorFaults > 0 ? maxNs : null, micro),
    },
    {
      header: 'held P',
      width: 6,
      format: ({ holdingWaitNs, faultWaitNs }) => formatPercent(ratio(holdingWaitNs, faultWaitNs)),
    },
    { header: 'active', width: 6, format: ({ census }) => formatRate(census?.active ?? null), fromWidth: 76 },
    { header: 'waiting', width: 7, format: ({ census }) => formatRate(census?.waiting ?? null), fromWidth: 76 },
  ];
  return table(
    title,
    'start function',
    shown.map((row) => ({ name: functionName(row), row })),
    columns,
    width,
    glyphs,
  );
}

function singleTable(top: readonly GoroutineView[], seen: number, width: number, glyphs: Glyphs): Line[] {
  const columns: readonly Column<GoroutineView>[] = [
    { header: 'goroutine', width: 10, format: ({ goid }) => String(goid) },
    { header: 'majfl', width: 6, format: ({ majorFaults }) => formatCount(majorFaults) },
    { header: 'f.time', width: 6, format: ({ faultWaitNs }, { micro }) => formatDuration(faultWaitNs, micro) },
    { header: 'mean', width: 6, format: (row, { micro }) => formatDuration(meanNs(row), micro) },
    { header: 'held P', width: 6, format: ({ holdingFraction }) => formatPercent(holdingFraction) },
  ];
  const title = `goroutines with most fault time, estimated from single faults: ${top.length} of ${formatCount(seen)} seen`;
  return table(
    title,
    'start function',
    top.map((row) => ({ name: row.start ?? '-', row })),
    columns,
    width,
    glyphs,
  );
}

/** A name that takes the room the figures leave, then the figures. */
function table<Row>(
  title: string,
  name: string,
  rows: readonly { readonly name: string; readonly row: Row }[],
  columns: readonly Column<Row>[],
  width: number,
  glyphs: Glyphs,
): Line[] {
  const shown = columns.filter(({ fromWidth = 0 }) => width >= fromWidth);
  const figures = shown.reduce((sum, column) => sum + column.width + 1, 0);
  const nameColumns = Math.max(8, width - figures - 2);
  const headings = shown.map((column) => cell(column.header, column.width, 'right')).join(' ');
  return [
    [span(titleText(title, width, glyphs), 'title')],
    [span(` ${cell(name, nameColumns)} ${headings}`, 'label')],
    ...rows.map(({ name: text, row }) => [
      span(` ${cell(text, nameColumns)} `),
      span(shown.map((column) => cell(column.format(row, glyphs), column.width, 'right')).join(' ')),
    ]),
    ...(rows.length === 0 ? [[span('  none yet', 'label')]] : []),
  ];
}

function functionName(row: GoroutineFunction): string {
  return row.startPc === 0n ? '(no goroutine)' : startName(row);
}

function meanNs({ faultWaitNs, majorFaults }: { faultWaitNs: number; majorFaults: number }): number | null {
  const mean = ratio(faultWaitNs, majorFaults);
  return mean === null ? null : Math.round(mean);
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
