import { toColumns } from '../../model/columns.js';
import { HEAT_CELLS, type HeatView } from '../../model/files-view.js';
import { formatBytes, formatClock, formatCount } from '../../text/units.js';
import { duration } from './figures.js';
import { type Html, html } from './html.js';

const STRIP_HEIGHT = 16;

/** Faults over a file's offsets: heights go with the square root, so that what is a hundred times less is still seen. */
export function heatStrip({ cells, fromByte, toByte }: HeatView): Html {
  const most = cells.reduce((a, b) => Math.max(a, b), 0);
  let path = `M0 ${STRIP_HEIGHT}`;
  for (const [at, value] of cells.entries()) path += `V${STRIP_HEIGHT - stepOf(value, most, STRIP_HEIGHT)}H${at + 1}`;
  const label = `Faults over the file, from ${formatBytes(fromByte)} to ${formatBytes(toByte)}; ${densest(cells, { fromByte, toByte })}`;
  return html`<svg class="strip" viewBox="0 0 ${HEAT_CELLS} ${STRIP_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}"><path class="is-fault" d="${path}V${STRIP_HEIGHT}z"/></svg>`;
}

/** Nought for nothing, at least one for something. */
function stepOf(value: number, most: number, steps: number): number {
  return value > 0 && most > 0 ? Math.max(1, Math.ceil(Math.sqrt(Math.min(1, value / most)) * steps)) : 0;
}

function densest(cells: readonly number[], { fromByte, toByte }: Pick<HeatView, 'fromByte' | 'toByte'>): string {
  const most = cells.reduce((a, b) => Math.max(a, b), 0);
  const at = cells.indexOf(most);
  return `densest at ${formatBytes(fromByte + ((toByte - fromByte) * at) / Math.max(1, cells.length))}`;
}

const MAP_COLUMNS = 128;
const MAP_ROWS = 32;
/** Shades, from faint to full. */
const SHADES = 6;

/** The same over time, a row each span of time, the first above. */
export function heatMap(heat: HeatView): Html {
  const rows = mapRows(heat);
  const most = rows.reduce((top, { values }) => Math.max(top, ...values), 0);
  const paths = Array.from({ length: SHADES }, () => '');
  for (const [row, { values }] of rows.entries()) {
    for (const { from, to, shade } of runs(values.map((value) => stepOf(value, most, SHADES)))) {
      if (shade > 0) paths[shade - 1] += `M${from} ${row}H${to}v1H${from}z`;
    }
  }
  const first = rows[0];
  const last = rows.at(-1);
  const from = formatBytes(heat.fromByte);
  const to = formatBytes(heat.toByte);
  const label = `Faults over the file (across, ${from} to ${to}) and over time (down, ${formatClock((first?.atNs ?? 0) - (first?.durationNs ?? 0))} to ${formatClock(last?.atNs ?? 0)}); ${densest(heat.cells, heat)}`;
  return html`<figure class="heat"><svg viewBox="0 0 ${MAP_COLUMNS} ${Math.max(1, rows.length)}" preserveAspectRatio="none" role="img" aria-label="${label}">${paths.map((path, shade) => (path === '' ? null : html`<path class="heat-${shade + 1}" d="${path}"/>`))}</svg>
<figcaption><span>${from}</span> <span>across: the file; down: time, ${duration(first?.durationNs ?? null)} a row; darkest: some ${formatCount(Math.ceil(most))} faults</span> <span>${to}</span></figcaption></figure>`;
}

interface MapRow {
  readonly atNs: number;
  readonly durationNs: number;
  readonly values: readonly number[];
}

/** Neighbouring spans of time taken together until they fit. */
function mapRows({ rows }: HeatView): MapRow[] {
  const each = Math.max(1, Math.ceil(rows.length / MAP_ROWS));
  return Array.from({ length: Math.ceil(rows.length / each) }, (_, index) => {
    const group = rows.slice(index * each, (index + 1) * each);
    const cells = Array.from({ length: HEAT_CELLS }, (_, cell) =>
      group.reduce((sum, row) => sum + (row.cells[cell] ?? 0), 0),
    );
    return {
      atNs: group.at(-1)?.atNs ?? 0,
      durationNs: group.reduce((sum, { durationNs }) => sum + durationNs, 0),
      values: toColumns(cells, MAP_COLUMNS),
    };
  });
}

function runs(shades: readonly number[]): { from: number; to: number; shade: number }[] {
  const found: { from: number; to: number; shade: number }[] = [];
  for (const [at, shade] of shades.entries()) {
    const last = found.at(-1);
    if (last?.shade === shade) last.to = at + 1;
    else found.push({ from: at, to: at + 1, shade });
  }
  return found;
}
