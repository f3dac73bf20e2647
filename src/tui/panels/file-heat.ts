import { toColumns } from '../../model/columns.js';
import type { HeatView } from '../../model/files-view.js';
import { cell } from '../../text/cell.js';
import { formatCount, formatDuration } from '../../text/units.js';
import { type Glyphs, titleText } from '../glyphs.js';
import { offsetAxis, stripText } from '../heat-strip.js';
import { type Line, span } from '../styled.js';

/** "-12.0s " before each row of the map. */
const LABEL_COLUMNS = 8;

/** One row of cells over the file's offsets: all of the session. */
export function heatStrip(heat: HeatView, columns: number, { strip }: Glyphs): string {
  const values = toColumns(heat.cells, columns);
  return stripText(values, Math.max(...values), strip);
}

/** The strip over its axis of offsets. */
export function stripWithAxis(heat: HeatView | null, width: number, glyphs: Glyphs): Line[] {
  if (heat === null) return [[span(' no single fault of it has arrived', 'label')]];
  const columns = Math.max(1, width - LABEL_COLUMNS - 1);
  return [
    [span(cell(' all', LABEL_COLUMNS), 'label'), span(heatStrip(heat, columns, glyphs), 'fault')],
    [span(' '.repeat(LABEL_COLUMNS)), span(offsetAxis(heat.fromByte, heat.toByte, columns), 'label')],
  ];
}

/** The heat over offset and, below, over time, newest first, in at most `rows` rows of time. */
export function heatMap(heat: HeatView | null, nowNs: number, rows: number, width: number, glyphs: Glyphs): Line[] {
  const [strip = [], axis = []] = stripWithAxis(heat, width, glyphs);
  if (heat === null) return [[span(titleText('faults over offset', width, glyphs), 'title')], strip];
  const columns = Math.max(1, width - LABEL_COLUMNS - 1);
  const spans = newestFirst(heat, rows, columns);
  const most = spans.reduce((top, { values }) => Math.max(top, ...values), 0);
  const each = formatDuration(spans.at(-1)?.durationNs ?? 0, glyphs.micro);
  const title = `faults over offset, ${each} a row; densest column ${formatCount(Math.ceil(most))}, marks by square root`;
  return [
    [span(titleText(title, width, glyphs), 'title')],
    strip,
    ...spans.map(({ atNs, values }, index) => [
      span(cell(index === 0 ? ' now' : ` -${formatDuration(nowNs - atNs, glyphs.micro)}`, LABEL_COLUMNS), 'label'),
      span(stripText(values, most, glyphs.shade), 'fault'),
    ]),
    axis,
  ];
}

interface Span {
  readonly atNs: number;
  readonly durationNs: number;
  readonly values: readonly number[];
}

/** Neighbouring rows taken together until they fit; the newest may be shorter than the others. */
function newestFirst(heat: HeatView, rows: number, columns: number): Span[] {
  const each = Math.max(1, Math.ceil(heat.rows.length / Math.max(1, rows)));
  const spans: Span[] = [];
  for (let at = 0; at < heat.rows.length; at += each) {
    const group = heat.rows.slice(at, at + each);
    const cells = heat.cells.map((_, cellAt) => group.reduce((sum, row) => sum + (row.cells[cellAt] ?? 0), 0));
    spans.push({
      atNs: group.at(-1)?.atNs ?? 0,
      durationNs: group.reduce((sum, { durationNs }) => sum + durationNs, 0),
      values: toColumns(cells, columns),
    });
  }
  return spans.reverse();
}
