import type { FilesView, FileView } from '../model/files-view.js';
import type { Snapshot } from '../model/snapshot.js';
import { counter, type Family, type Labels, secondsCounter } from './family.js';

/** Files told apart, those with most fault time. */
const TOP_FILES = 20;

interface Row {
  readonly labels: Labels;
  readonly majorFaults: number;
  readonly faultWaitNs: number;
}

/** Major faults by file: with the rest, and those that no file is known of, all that were counted. */
export function fileMetrics({ files }: Snapshot, labels: Labels): Family[] {
  if (files === null) return [];
  const rows = rowsOf(files, labels);
  const open = { others: othersOf(files, labels) };
  return [
    counter(
      { name: 'faultscope_file_major_faults', help: 'Major faults by file; estimated where exact is false.', open },
      rows.map(({ labels: of, majorFaults }) => [of, majorFaults]),
    ),
    secondsCounter(
      { name: 'faultscope_file_fault_latency_seconds', help: 'Latency of those.', open },
      rows.map(({ labels: of, faultWaitNs }) => [of, faultWaitNs]),
    ),
  ];
}

function othersOf({ exact }: FilesView, labels: Labels): Labels {
  return { ...labels, file: '[others]', exact: String(exact) };
}

function rowsOf(view: FilesView, labels: Labels): Row[] {
  const { files, more, unplacedFaults, unplacedWaitNs } = view;
  const listed = files.slice(0, TOP_FILES).map(
    (file): Row => ({
      labels: { ...labels, file: nameOf(file), exact: String(file.exact) },
      majorFaults: file.majorFaults,
      faultWaitNs: file.faultWaitNs,
    }),
  );
  const others = [...files.slice(TOP_FILES), more].map(
    ({ majorFaults, faultWaitNs }): Row => ({
      labels: othersOf(view, labels),
      majorFaults,
      faultWaitNs,
    }),
  );
  const unplaced = { majorFaults: unplacedFaults, faultWaitNs: unplacedWaitNs };
  const rows = [...listed, ...others, { labels: { ...labels, file: '[not placed]', exact: 'false' }, ...unplaced }];
  return rows.filter(({ majorFaults, faultWaitNs }) => majorFaults + faultWaitNs > 0);
}

/** `[heap]`, or the inode of a file without a known name. */
function nameOf({ path, of, device, inode }: FileView): string {
  if (path !== null) return path;
  return inode === null ? `[${of}]` : `[inode ${inode} on ${device}]`;
}
