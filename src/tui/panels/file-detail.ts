import { countText, kindWord, meanWaitNs, ratio, residentShare, totalWaitNs } from '../../diagnosis/file-figures.js';
import { fileName, patternAdvice, patternText } from '../../diagnosis/file-words.js';
import type { FilesView, FileView } from '../../model/files-view.js';
import { cell } from '../../text/cell.js';
import { pathCell } from '../../text/path.js';
import { formatBytes, formatDuration, formatPercent } from '../../text/units.js';
import { wrap } from '../../text/wrap.js';
import { barText, type Glyphs, titleText } from '../glyphs.js';
import type { Scene } from '../scene.js';
import { field, type Line, span } from '../styled.js';
import { causeLines } from './file-causes.js';
import { heatMap, stripWithAxis } from './file-heat.js';

/** Rows of time are worth showing from here on. */
const LEAST_ROWS = 4;

/** Below the list: where the chosen file is faulted, in as few rows as there are. */
export function filePreview(file: FileView, scene: Scene, width: number, height: number): Line[] {
  const { glyphs } = scene;
  const strip = stripWithAxis(file.heat, width, glyphs);
  const memory = height > strip.length + 2 ? [memoryLine(file, scene, width)] : [];
  return [titleLine(file, width, glyphs), ...memory, ...strip, ...patternLines(file, width)].slice(0, height);
}

/** All that is known of one file; rows of time fill what the rest leaves of `height`, and more is scrolled to. */
export function fileDetail(
  file: FileView,
  files: FilesView,
  scene: Scene,
  width: number,
  height: number,
): readonly Line[] {
  const { snapshot, glyphs } = scene;
  const head = [
    titleLine(file, width, glyphs),
    ...factLines(file, files, glyphs),
    ...(file.device === null ? [] : [memoryLine(file, scene, width)]),
  ];
  const tail = [
    ...patternLines(file, width),
    ...patternAdvice(file, files).flatMap((text) => labelled('  try ', text, width)),
    ...causeLines(file, scene, width),
  ];
  const rows = Math.max(LEAST_ROWS, height - head.length - tail.length - HEAT_EDGE_ROWS);
  return [...head, ...heatMap(file.heat, snapshot.window.durationNs, rows, width, glyphs), ...tail];
}

/** Title, strip and axis of the map. */
const HEAT_EDGE_ROWS = 3;

function titleLine(file: FileView, width: number, glyphs: Glyphs): Line {
  return [span(titleText(pathCell(fileName(file), Math.max(1, width - 4)).trimEnd(), width, glyphs), 'title')];
}

function factLines(file: FileView, files: FilesView, { micro }: Glyphs): Line[] {
  const { device, inode, deleted, faultWaitNs, exact } = file;
  return [
    [
      span(` ${kindWord(file, files)}`, 'strong'),
      ...(device === null ? [] : field('  device', `${device} inode ${inode}`)),
      ...field('  size', formatBytes(file.sizeBytes)),
      ...field('  mapped', formatBytes(file.mappedBytes)),
      span(deleted ? '  deleted' : '', 'strong'),
    ],
    [
      ...field(' major faults', countText(file), 'fault'),
      span(exact ? ' (counted)' : ' (estimated)', 'label'),
      ...field('  time', formatDuration(faultWaitNs, micro)),
      span(` ${formatPercent(ratio(faultWaitNs, totalWaitNs(files)))} of all`, 'label'),
      ...field('  mean', formatDuration(meanWaitNs(file), micro)),
    ],
  ];
}

const GAPS: { readonly [why in NonNullable<FileView['residencyGap']>]: string } = {
  slow: 'so large a file takes too long to ask for',
  remote: 'not asked for on a network or FUSE file system',
  'no-fincore': 'fincore(1) is not installed',
  failed: 'it could not be read',
};

/** How much of the file is in memory: the bar says how much, not where. */
function memoryLine({ residency, residencyGap }: FileView, { snapshot, glyphs }: Scene, width: number): Line {
  const share = residentShare(residency);
  if (residency === null || share === null) {
    return [span(` in memory -  ${residencyGap === null ? 'not read yet' : GAPS[residencyGap]}`, 'label')];
  }
  const age = formatDuration(snapshot.window.durationNs - residency.atNs, glyphs.micro);
  const sizes = `${formatBytes(residency.residentBytes)} of ${formatBytes(residency.sizeBytes)}, ${age} ago`;
  const room = Math.max(0, Math.min(40, width - sizes.length - 22));
  return [
    ...field(' in memory', cell(formatPercent(share), 4, 'right')),
    span(room === 0 ? '' : ` ${cell(barText(share, room, glyphs), room)}${glyphs.axis}`),
    span(` ${sizes}`, 'label'),
  ];
}

function patternLines({ pattern }: FileView, width: number): Line[] {
  return labelled(' ', patternText(pattern), width);
}

/** A text over several lines, the ones after the first as far in. */
function labelled(lead: string, text: string, width: number): Line[] {
  return wrap(text, width - lead.length - 1).map((line, index) => [
    span(index === 0 ? lead : ' '.repeat(lead.length), 'label'),
    span(line),
  ]);
}
