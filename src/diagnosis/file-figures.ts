import type { FilesView, FileView } from '../model/files-view.js';
import { formatCount } from '../text/units.js';

/** In at most six columns. */
const KINDS: { readonly [of in FileView['of']]: string } = {
  file: 'file',
  anonymous: 'anon',
  heap: 'heap',
  stack: 'stack',
  shared: 'shared',
  other: 'other',
  unknown: '-',
};

/** What the kernel laid to no file, but lies in a file's mapping: private copies of its pages that were swapped out. */
export function kindWord({ of, exact }: FileView, totals: Pick<FilesView, 'exact'>): string {
  return of === 'file' && totals.exact && !exact ? 'swap' : KINDS[of];
}

/** Major faults, with a ~ where they are estimated. */
export function countText({ majorFaults, exact }: FileView): string {
  return `${exact ? '' : '~'}${formatCount(majorFaults)}`;
}

/** Null where none of them slept (swap in memory): how long they took is not known. */
export function meanWaitNs({ faultWaitNs, majorFaults }: FileView): number | null {
  return faultWaitNs === 0 || majorFaults === 0 ? null : Math.round(faultWaitNs / majorFaults);
}

/** The fault time of all files, listed or not, and of what could not be placed. */
export function totalWaitNs({ files, more, unplacedWaitNs }: FilesView): number {
  return files.reduce((sum, { faultWaitNs }) => sum + faultWaitNs, more.faultWaitNs + unplacedWaitNs);
}

/** Of a file, as last read; null where it was not. */
export function residentShare(residency: FileView['residency']): number | null {
  return residency === null ? null : ratio(residency.residentBytes, residency.sizeBytes);
}

/** Null where there is nothing to take a share of. */
export function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
