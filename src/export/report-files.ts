import { fileName, patternShort } from '../diagnosis/file-words.js';
import { counted } from '../diagnosis/words.js';
import type { FilesView, FileView } from '../model/files-view.js';
import type { Snapshot } from '../model/snapshot.js';
import { pathCell } from '../text/path.js';
import { formatBytes, formatClock, formatCount, formatDuration, formatPercent } from '../text/units.js';
import { shortParagraph } from './report-lines.js';

/** Files told one by one, in two lines each at most. */
const FILES = 2;
const LINES = 2;
/** Longer paths lose their begin. */
const PATH_COLUMNS = 50;

/** Where the faults were: the files with most fault time, how they are read, how much of them is in memory. */
export function fileLines({ files }: Snapshot): string[] {
  if (files === null || files.files.length === 0) return [];
  const allNs = files.files.reduce((sum, { faultWaitNs }) => sum + faultWaitNs, restNs(files));
  const shown = files.files.slice(0, FILES);
  const others = files.files.length - shown.length + files.more.files;
  return [
    ...shown.flatMap((file, index) =>
      shortParagraph(index === 0 ? 'files    ' : '         ', fileText(file, allNs), LINES),
    ),
    ...(others > 0 ? [`         and ${formatCount(others)} more`] : []),
  ];
}

function fileText(file: FileView, allNs: number): string {
  const { majorFaults, faultWaitNs, exact, residency, deleted } = file;
  const share = formatPercent(allNs > 0 ? faultWaitNs / allNs : null);
  const memory =
    residency === null
      ? []
      : [
          `${formatBytes(residency.residentBytes)} of ${formatBytes(residency.sizeBytes)} in memory at ${formatClock(residency.atNs)}`,
        ];
  const name = `${pathCell(fileName(file), PATH_COLUMNS).trimEnd()}${deleted ? ' (deleted)' : ''}`;
  const faults = `${exact ? '' : 'about '}${counted(majorFaults, 'fault', formatCount(majorFaults))}, ${formatDuration(faultWaitNs)} (${share})`;
  const pattern = file.pattern === null ? [] : [patternShort(file.pattern)];
  return [`${name}: ${faults}`, ...memory, ...pattern].join('; ');
}

function restNs({ more, unplacedWaitNs }: FilesView): number {
  return more.faultWaitNs + unplacedWaitNs;
}
