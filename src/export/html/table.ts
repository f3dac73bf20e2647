import { formatCount } from '../../text/units.js';
import { type Html, html, type Piece } from './html.js';

/** A column of texts has a `cell`, one of figures a `value` and what it is shown as: a `format` of it, or a `cell`. */
export interface Column<Row> {
  readonly header: string;
  /** What the header means, where it is short. */
  readonly hint?: string;
  readonly cell?: (row: Row) => Piece;
  /** What rows are sorted by. Null is not known, and sorts last. */
  readonly value?: (row: Row) => number | null;
  readonly format?: (value: number | null) => string;
}

export interface TableFacts<Row> {
  /** Also what the table is called by a screen reader. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Stands where there is no row. */
  readonly none?: string;
  /** Rows shown before the rest is counted. */
  readonly limit?: number;
}

/** A table that the page's script can sort; on narrow screens it scrolls by itself. */
export function table<Row>({ caption, columns, rows, none, limit = Number.POSITIVE_INFINITY }: TableFacts<Row>): Html {
  if (rows.length === 0) return html`<p class="none">${caption}: ${none ?? 'none'}</p>`;
  const shown = rows.length > limit ? rows.slice(0, limit) : rows;
  const rest = rows.length - shown.length;
  return html`<div class="scroll"><table><caption>${caption}</caption>
<thead><tr>${columns.map(heading)}</tr></thead>
<tbody>${shown.map((row) => html`<tr>${columns.map((column) => tableCell(column, row))}</tr>\n`)}</tbody></table></div>
${rest > 0 ? html`<p class="note">${formatCount(rest)} more are left out here.</p>` : null}`;
}

function heading<Row>({ header, hint, value }: Column<Row>): Html {
  const look = value === undefined ? null : html` class="n"`;
  return html`<th scope="col"${look}${hint === undefined ? null : html` title="${hint}"`}>${header}</th>`;
}

function tableCell<Row>({ cell, value, format }: Column<Row>, row: Row): Html {
  if (value === undefined) return html`<td>${cell?.(row) ?? null}</td>`;
  const sortedBy = value(row);
  const shown = cell === undefined ? (format?.(sortedBy) ?? null) : cell(row);
  return html`<td class="n" data-v="${sortedBy === null ? '' : Number(sortedBy.toPrecision(7))}">${shown}</td>`;
}
