import type { AccessPattern, CauseShare, FilesView, FileView, HeatView } from '../model/files-view.js';
import type {
  SummaryFile,
  SummaryFileCause,
  SummaryFilesRest,
  SummaryHeat,
  SummaryPattern,
} from './summary-format-files.js';

// Key by key, as in summary.ts.

export function filesOf(files: FilesView | null): SummaryFile[] {
  return files === null ? [] : files.files.map(fileOf);
}

export function filesRestOf({ more, unplacedFaults, unplacedWaitNs }: FilesView): SummaryFilesRest {
  const { files, majorFaults, faultWaitNs } = more;
  return { files, majorFaults, faultWaitNs, unplacedFaults, unplacedWaitNs };
}

function fileOf(file: FileView): SummaryFile {
  const { residency, inode } = file;
  return {
    path: file.path,
    of: file.of,
    deleted: file.deleted,
    device: file.device,
    inode: inode === null ? null : inode.toString(),
    sizeBytes: file.sizeBytes,
    mappedBytes: file.mappedBytes,
    majorFaults: file.majorFaults,
    faultWaitNs: file.faultWaitNs,
    exact: file.exact,
    pattern: file.pattern === null ? null : patternOf(file.pattern),
    heat: file.heat === null ? null : heatOf(file.heat),
    residency:
      residency === null
        ? null
        : { residentBytes: residency.residentBytes, sizeBytes: residency.sizeBytes, atNs: residency.atNs },
    ...(file.causes === null ? {} : causesOf(file.causes)),
  };
}

function patternOf(pattern: AccessPattern): SummaryPattern {
  const { kind, sequentialFraction, hotFraction, evenFraction, hotRange, samples } = pattern;
  const range = hotRange === null ? null : { fromByte: hotRange.fromByte, toByte: hotRange.toByte };
  return { kind, sequentialFraction, hotFraction, evenFraction, hotRange: range, samples };
}

/** Cells of the view that are one of the summary: two hundred files are to stay a file that an editor opens. */
const CELLS_EACH = 4;

function heatOf({ fromByte, toByte, cells }: HeatView): SummaryHeat {
  const sums = Array.from({ length: cells.length / CELLS_EACH }, (_, part) =>
    cells.slice(part * CELLS_EACH, (part + 1) * CELLS_EACH).reduce((sum, weight) => sum + weight, 0),
  );
  return { fromByte, toByte, cells: sums.map((sum) => Math.round(sum * 10) / 10) };
}

function causesOf(causes: readonly CauseShare[]): Pick<SummaryFile, 'firstTouch' | 'refaults' | 'causes'> {
  const faultsOf = (cause: CauseShare['cause']) =>
    causes.reduce((sum, share) => sum + (share.cause === cause ? Math.round(share.majorFaults) : 0), 0);
  return { firstTouch: faultsOf('first-touch'), refaults: faultsOf('refault'), causes: causes.map(causeOf) };
}

function causeOf({ cause, majorFaults, faultWaitNs, confidence }: CauseShare): SummaryFileCause {
  return { cause, majorFaults: Math.round(majorFaults), faultWaitNs: Math.round(faultWaitNs), confidence };
}
