import type { Moment, Player, SessionEnd } from '../exported-session.js';

/** What a cell may hold; null is "not known" or "does not apply", and an empty cell. */
export type Cell = string | number | bigint | boolean | null;

/** A column: its name, with the unit in it, and what it holds of a row. */
export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => Cell;
}

/** Rows of a table that are made as a session is played. */
export interface RowPlayer<Row> {
  /** What a moment adds. */
  moment(moment: Moment): Iterable<Row>;
  /** Those that are left after the last moment. */
  end(end: SessionEnd): Iterable<Row>;
}

/** A table as RFC 4180 has it: a header, lines ended by CRLF, cells quoted where they must be. */
export function* csvPieces<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Generator<string> {
  yield header(columns);
  yield* lines(columns, rows);
}

/** The same of rows that are not there yet. */
export function csvPlayer<Row>(columns: readonly Column<Row>[], rows: RowPlayer<Row>): Player {
  return {
    head: header(columns),
    moment: (moment) => lines(columns, rows.moment(moment)),
    end: (end) => lines(columns, rows.end(end)),
  };
}

function header<Row>(columns: readonly Column<Row>[]): string {
  return line(columns.map(({ name }) => cellText(name)));
}

function* lines<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Generator<string> {
  for (const row of rows) yield line(columns.map(({ of }) => cellText(of(row))));
}

function line(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

/** Most texts are so, and need no closer look. */
const PLAIN = /^[\w/][\w/.:-]*$/;

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return PLAIN.test(cell) ? cell : quoted(inert(cell));
}

/**
 * Spreadsheets take a cell that begins so for a formula, in whatever quotes it stands; some of them the full-width forms too
 * (OWASP, "CSV Injection"). The apostrophe makes it text, and goes before one that was there already, so that whoever
 * takes one away gets the name as it was.
 */
const FORMULA = /^[=+\-@\t\r\n'\uff1d\uff0b\uff0d\uff20]/;

/** Readers refuse the first, and UTF-8 cannot hold the second. */
const UNWRITABLE = /\0|\p{Surrogate}/gu;

function inert(text: string): string {
  const writable = text.replace(UNWRITABLE, '\ufffd');
  return FORMULA.test(writable) ? `'${writable}` : writable;
}

/** Also where a reader might trim it, and where it is empty: a name that is known to be empty. */
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$|^$/;

function quoted(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
