import { cell } from '../text/cell.js';
import { type Glyphs, titleText } from './glyphs.js';
import { type Line, span, type Tone } from './styled.js';

/** A figure of a row. */
export interface Column<Row> {
  readonly header: string;
  readonly width: number;
  readonly format: (row: Row, glyphs: Glyphs) => string;
  /** Figures stand to the right. */
  readonly align?: 'left';
  readonly tone?: Tone;
  /** Left out on tables narrower than this. */
  readonly fromWidth?: number;
}

interface Table<Row> {
  readonly title: string;
  readonly name: string;
  readonly nameOf: (row: Row) => string;
  /** A second text, shown where the names leave enough room for it. */
  readonly more: {
    readonly header: (columns: number) => string;
    readonly textOf: (row: Row, columns: number) => string;
  };
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly width: number;
  readonly glyphs: Glyphs;
  /** Said in place of rows. */
  readonly none: string;
}

/** Names wider than this gain nothing: the rest of the room is for the second text. */
const NAME_COLUMNS = 32;
/** With less room the second text would be cut to nothing. */
const LEAST_MORE = 10;

/** A title, headings, and a row each: texts from outside take the room that the figures leave. */
export function tableOf<Row>(table: Table<Row>): Line[] {
  const { title, name, nameOf, more, rows, width, glyphs, none } = table;
  const columns = table.columns.filter(({ fromWidth = 0 }) => width >= fromWidth);
  const figures = columns.reduce((sum, column) => sum + column.width + 1, 0);
  const room = Math.max(8, width - figures - 2);
  const moreColumns = room - Math.min(NAME_COLUMNS, Math.ceil(room * 0.6)) - 1;
  const shownMore = moreColumns >= LEAST_MORE ? moreColumns : 0;
  const nameColumns = shownMore > 0 ? room - shownMore - 1 : room;
  const texts = (first: string, second: string): string =>
    ` ${cell(first, nameColumns)}${shownMore > 0 ? ` ${cell(second, shownMore)}` : ''}`;
  const headings = columns.map((column) => cell(column.header, column.width, column.align ?? 'right')).join(' ');
  return [
    [span(titleText(title, width, glyphs), 'title')],
    [span(`${texts(name, more.header(shownMore))} ${headings}`, 'label')],
    ...rows.map((row) => [
      span(texts(nameOf(row), more.textOf(row, shownMore))),
      ...columns.map((column) =>
        span(` ${cell(column.format(row, glyphs), column.width, column.align ?? 'right')}`, column.tone ?? 'plain'),
      ),
    ]),
    ...(rows.length === 0 ? [[span(`  ${none}`, 'label')]] : []),
  ];
}
