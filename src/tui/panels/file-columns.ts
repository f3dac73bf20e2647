import { countText, kindWord, meanWaitNs, ratio, residentShare } from '../../diagnosis/file-figures.js';
import { fileName } from '../../diagnosis/file-words.js';
import type { FileView } from '../../model/files-view.js';
import { cell } from '../../text/cell.js';
import { pathCell } from '../../text/path.js';
import { formatBytes, formatDuration, formatPercent } from '../../text/units.js';
import type { Glyphs } from '../glyphs.js';

/** What figures of a row are held against. */
export interface FileTotals {
  readonly faultWaitNs: number;
  readonly nowNs: number;
  /** The kernel counts faults by file. */
  readonly exact: boolean;
}

interface FileColumn {
  readonly header: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  /** Left out on tables narrower than this. */
  readonly fromWidth: number;
  readonly format: (file: FileView, totals: FileTotals, glyphs: Glyphs) => string;
}

const figure = (header: string, width: number, fromWidth: number, format: FileColumn['format']): FileColumn => ({
  header,
  width,
  align: 'right',
  fromWidth,
  format,
});

const COLUMNS: readonly FileColumn[] = [
  { header: 'kind', width: 6, align: 'left', fromWidth: 74, format: (file, totals) => kindWord(file, totals) },
  figure('size', 7, 110, ({ sizeBytes }) => formatBytes(sizeBytes)),
  figure('majfl', 6, 0, countText),
  figure('share', 5, 0, ({ faultWaitNs }, totals) => formatPercent(ratio(faultWaitNs, totals.faultWaitNs))),
  figure('f.time', 6, 74, ({ faultWaitNs }, _totals, { micro }) => formatDuration(faultWaitNs, micro)),
  figure('mean', 6, 0, (file, _totals, { micro }) => formatDuration(meanWaitNs(file), micro)),
  figure('inmem', 5, 0, ({ residency }) => formatPercent(residentShare(residency))),
  figure('age', 6, 110, ({ residency }, { nowNs }, { micro }) =>
    residency === null ? '-' : formatDuration(nowNs - residency.atNs, micro),
  ),
  {
    header: 'pattern',
    width: 10,
    align: 'left',
    fromWidth: 0,
    format: ({ pattern }) => pattern?.kind ?? '-',
  },
];

/** Widths of the parts that grow with the screen, and the figures between them. */
export interface FileTable {
  readonly pathColumns: number;
  readonly stripColumns: number;
  /** The row without its strip: `path kind ... pattern`. */
  readonly row: (file: FileView, totals: FileTotals, glyphs: Glyphs) => string;
  readonly headings: string;
}

/** How a table of files of `width` columns is divided: what the figures leave is shared by path and strip. */
export function fileTable(width: number): FileTable {
  const shown = COLUMNS.filter(({ fromWidth }) => width >= fromWidth);
  const room = width - shown.reduce((sum, column) => sum + column.width + 1, 0) - 1;
  const pathColumns = Math.max(10, Math.min(60, Math.floor(room * (width >= 110 ? 0.4 : 0.6))));
  const line = (path: string, textOf: (column: FileColumn) => string) =>
    [path, ...shown.map((column) => cell(textOf(column), column.width, column.align))].join(' ');
  return {
    pathColumns,
    stripColumns: Math.max(0, room - pathColumns),
    row: (file, totals, glyphs) => line(nameCell(file, pathColumns), (column) => column.format(file, totals, glyphs)),
    headings: line(cell('file', pathColumns), ({ header }) => header),
  };
}

/** Of a path the end is kept, of what stands in for one the begin. */
function nameCell(file: FileView, width: number): string {
  if (file.path === null) return cell(fileName(file), width);
  if (!file.deleted) return pathCell(file.path, width);
  return cell(pathCell(file.path, width - DELETED.length).trimEnd() + DELETED, width);
}

const DELETED = ' (del)';
