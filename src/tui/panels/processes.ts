import type { ProcessRow } from '../../host/processes.js';
import { cell } from '../../text/cell.js';
import { formatBytes, formatCount, formatRate } from '../../text/units.js';
import { type Glyphs, titleText } from '../glyphs.js';
import { type ListState, visibleRows } from '../list.js';
import { type Line, span } from '../styled.js';

/** The title, the names of the columns and the line of keys. */
export const PICKER_EDGE_ROWS = 3;

export interface PickerScene {
  readonly rows: readonly ProcessRow[];
  readonly ids: readonly string[];
  readonly list: ListState;
  readonly filter: string;
  /** The filter is being typed: letters are letters, not keys. */
  readonly typing: boolean;
  readonly glyphs: Glyphs;
}

const COLUMNS: readonly {
  readonly header: string;
  readonly width: number;
  readonly format: (row: ProcessRow) => string;
}[] = [
  { header: 'PID', width: 7, format: ({ pid }) => String(pid) },
  { header: 'majflt/s', width: 8, format: ({ majorFaultRateHz }) => formatRate(majorFaultRateHz) },
  { header: 'majflt', width: 6, format: ({ majorFaults }) => formatCount(majorFaults) },
  { header: 'threads', width: 7, format: ({ threads }) => formatCount(threads) },
  { header: 'RSS', width: 7, format: ({ rssBytes }) => formatBytes(rssBytes) },
];

const NAME_COLUMNS = 16;

/** The processes of the host, one a row, the chosen one marked. Pure. */
export function processList(scene: PickerScene, width: number, height: number): Line[] {
  const room = Math.max(0, height - PICKER_EDGE_ROWS);
  const { top, chosenIndex } = visibleRows(scene.list, scene.ids, room);
  const visible = scene.rows.slice(top, top + room);
  const range = `${visible.length === 0 ? 0 : top + 1}-${top + visible.length} of ${scene.rows.length}`;
  const headings = COLUMNS.map(({ header, width: columns }) => cell(header, columns, 'right')).join(' ');
  const body: Line[] = [
    [span(titleText(`pick a process, most major faults a second first: ${range}`, width, scene.glyphs), 'title')],
    [span(` ${headings} ${cell('name', NAME_COLUMNS)} command`, 'label')],
    ...visible.map((row, index) => processLine(row, width, top + index === chosenIndex)),
  ];
  while (body.length < height - 1) body.push([]);
  return [...body, keysLine(scene)];
}

function processLine(row: ProcessRow, width: number, chosen: boolean): Line {
  const figures = COLUMNS.map(({ width: columns, format }) => cell(format(row), columns, 'right')).join(' ');
  const text = `${chosen ? '>' : ' '}${figures} ${cell(row.comm, NAME_COLUMNS)} ${row.cmdline}`;
  return [span(cell(text, width), chosen ? 'chosen' : 'plain')];
}

function keysLine({ filter, typing }: PickerScene): Line {
  if (typing || filter !== '') {
    return [
      span(' filter: ', 'label'),
      span(filter, 'strong'),
      span(' ', 'chosen'),
      span('  Enter picks, Esc drops the filter', 'label'),
    ];
  }
  return [...KEYS.flatMap(([key, word]) => [span(` ${key}`, 'key'), span(` ${word} `, 'label')])];
}

const KEYS: readonly (readonly [key: string, word: string])[] = [
  ['Enter', 'pick'],
  ['Up Down PgUp PgDn', 'choose'],
  ['/ or type', 'filter'],
  ['q', 'quit'],
];
