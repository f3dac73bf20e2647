import { totalWaitNs } from '../../diagnosis/file-figures.js';
import type { FilesView, FileView } from '../../model/files-view.js';
import type { Snapshot } from '../../model/snapshot.js';
import { formatCount } from '../../text/units.js';
import { type Glyphs, titleText } from '../glyphs.js';
import { visibleRows } from '../list.js';
import type { Panel, Scene } from '../scene.js';
import { type Line, span, type Tone } from '../styled.js';
import { type FileTable, type FileTotals, fileTable } from './file-columns.js';
import { fileDetail, filePreview } from './file-detail.js';
import { heatStrip } from './file-heat.js';

/** The title and the names of the columns. */
export const FILES_HEAD_ROWS = 2;

/** From here on the chosen file is shown in full below the list. */
const FULL_FROM_ROWS = 30;

/** How many rows of the page the list takes, its head included: by the page's height alone. */
export function fileListRows(height: number): number {
  if (height >= FULL_FROM_ROWS) return Math.floor(height / 3);
  return height - (height >= 18 ? 6 : 4);
}

/** The page: files by fault time, each with its strip, and below them the chosen one. */
export const filesPage: Panel = (scene, width, height) => {
  const { files } = scene.snapshot;
  if (files === null || files.files.length === 0) return emptyPage(scene, width);
  const listRows = fileListRows(height);
  const rows = Math.max(1, listRows - FILES_HEAD_ROWS);
  const ids = files.files.map(({ id }) => id);
  const { top, chosenIndex } = visibleRows(scene.view.files, ids, rows);
  const chosen = files.files[chosenIndex];
  const list = fileTableLines(scene, files, { top, rows, chosenIndex }, width);
  const padding = Array.from({ length: Math.max(0, listRows - list.length) }, (): Line => []);
  const room = height - listRows;
  if (chosen === undefined) return list;
  const below =
    height >= FULL_FROM_ROWS ? fileDetail(chosen, files, scene, width, room) : filePreview(chosen, scene, width, room);
  return [...list, ...padding, ...below];
};

/** The page of one file, to be scrolled where it is longer than the screen. */
export function filePage(scene: Scene, width: number, height: number): readonly Line[] {
  const { files } = scene.snapshot;
  const file = openFile(scene);
  if (files === null || file === undefined) return [[span(' this file is no longer among those listed')]];
  return fileDetail(file, files, scene, width, height);
}

function openFile({ snapshot, view }: Pick<Scene, 'snapshot' | 'view'>): FileView | undefined {
  return snapshot.files?.files.find(({ id }) => id === view.openFile);
}

/** The ids of the rows in their order. */
export function fileIds({ files }: Snapshot): readonly string[] {
  return files?.files.map(({ id }) => id) ?? [];
}

/** Beside the rest of the main screen: the top of the list, as far as there is room. */
export const topFiles: Panel = (scene, width, height) => {
  const { files } = scene.snapshot;
  if (files === null || files.files.length === 0) return emptyPage(scene, width);
  const rows = Math.max(0, height - FILES_HEAD_ROWS);
  return fileTableLines(scene, files, { top: 0, rows, chosenIndex: null }, width);
};

function fileTableLines(
  { snapshot, glyphs }: Scene,
  files: FilesView,
  { top, rows, chosenIndex }: { readonly top: number; readonly rows: number; readonly chosenIndex: number | null },
  width: number,
): Line[] {
  const table = fileTable(width - 1);
  const totals = { faultWaitNs: totalWaitNs(files), nowNs: snapshot.window.durationNs, exact: files.exact };
  const visible = files.files.slice(top, top + rows);
  return [
    [span(titleText(title(files, top, visible.length), width, glyphs), 'title')],
    [span(` ${table.headings} ${table.stripColumns < 18 ? 'by offset' : 'faults by offset'}`, 'label')],
    ...visible.map((file, index) => fileLine(file, table, totals, top + index === chosenIndex, glyphs)),
  ];
}

function title({ files, more, unplacedFaults, exact }: FilesView, top: number, visible: number): string {
  const range = `${visible === 0 ? 0 : top + 1}-${top + visible} of ${files.length}`;
  const others = more.files === 0 ? '' : ` +${formatCount(more.files)}`;
  const unplaced = unplacedFaults === 0 ? '' : `, ${formatCount(unplacedFaults)} faults in none`;
  return `files by fault time: ${range}${others}${exact ? '' : ', estimated'}${unplaced}`;
}

function fileLine(file: FileView, table: FileTable, totals: FileTotals, chosen: boolean, glyphs: Glyphs): Line {
  const tone = (own: Tone): Tone => (chosen ? 'chosen' : own);
  const strip = file.heat === null ? '-' : heatStrip(file.heat, table.stripColumns, glyphs);
  return [
    span(chosen ? '>' : ' ', tone('plain')),
    span(table.row(file, totals, glyphs), tone('plain')),
    span(' '),
    span(strip, 'fault'),
  ];
}

function emptyPage({ snapshot, glyphs }: Scene, width: number): Line[] {
  const unplaced = snapshot.files?.unplacedFaults ?? 0;
  const text =
    unplaced === 0
      ? 'no major fault yet'
      : `${formatCount(unplaced)} major faults, none of which could be laid to a file or a mapping yet`;
  return [[span(titleText('files', width, glyphs), 'title')], [span(` ${text}`, 'label')]];
}
