import type { ThreadView } from '../../model/snapshot.js';
import { cell } from '../../text/cell.js';
import { titleText } from '../glyphs.js';
import { visibleRows } from '../list.js';
import type { Panel, Scene } from '../scene.js';
import { type Line, span, type Tone } from '../styled.js';
import { type FittedColumn, fitColumns, THREAD_COLUMNS } from '../thread-columns.js';

/** The title and the names of the columns. */
export const TABLE_HEAD_ROWS = 2;

/** Width the columns share: the first column of the screen marks the chosen row. */
export function tableWidth(width: number): number {
  return width - 1;
}

/** The thread table; only the rows on the screen are formatted. */
export const threads: Panel = (scene, width, height) => {
  const { ordered, view } = scene;
  const columns = fitColumns(tableWidth(width));
  const rows = Math.max(0, height - TABLE_HEAD_ROWS);
  const { top, chosenIndex } = visibleRows(view.threads, ordered.ids, rows);
  const visible = ordered.threads.slice(top, top + rows);
  return [
    [span(titleText(title(scene, top, visible.length), width, scene.glyphs), 'title')],
    headings(columns, view.query.sort),
    ...visible.map((thread, index) => threadRow(thread, columns, scene, top + index === chosenIndex)),
    ...(visible.length === 0 ? [[span(`  ${emptyText(scene)}`, 'label')]] : []),
  ];
};

function title({ snapshot, ordered, view }: Scene, top: number, visible: number): string {
  const { sort, descending, filter } = view.query;
  const by = THREAD_COLUMNS.find(({ id }) => id === sort)?.title ?? sort;
  const order = `threads by ${by}${descending ? '' : ', least first'}`;
  const only = filter === '' ? '' : `, only "${filter}"`;
  const range = `${visible === 0 ? 0 : top + 1}-${top + visible} of ${ordered.ids.length}`;
  const all = filter === '' ? '' : ` (${snapshot.threads.length} in all)`;
  return `${order}${only}: ${range}${all}`;
}

function emptyText({ snapshot }: Scene): string {
  return snapshot.threads.length === 0
    ? 'no thread seen yet'
    : 'no thread has this in its name or TID (Esc drops the filter)';
}

function headings(columns: readonly FittedColumn[], sort: string): Line {
  return [
    span(' '),
    ...columns.flatMap(({ column, width }) => [
      span(cell(column.header, width, column.align), column.id === sort ? 'sorted' : 'label'),
      span(' '),
    ]),
  ];
}

function threadRow(thread: ThreadView, columns: readonly FittedColumn[], { glyphs }: Scene, chosen: boolean): Line {
  const toneOf = (own: Tone | undefined): Tone => {
    if (chosen) return 'chosen';
    return thread.alive ? (own ?? 'plain') : 'faint';
  };
  const gap = span(' ', toneOf(undefined));
  return [
    span(chosen ? '>' : ' ', toneOf(undefined)),
    ...columns.flatMap(({ column, width }, index) => [
      ...(index === 0 ? [] : [gap]),
      span(cell(column.format(thread, glyphs, width), width, column.align), toneOf(column.tone?.(thread))),
    ]),
  ];
}
