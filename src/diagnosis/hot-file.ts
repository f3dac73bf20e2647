import type { FileView } from '../model/files-view.js';
import type { Snapshot } from '../model/snapshot.js';

/** Four faults in five: what helps this file helps the program. */
const HOT_SHARE = 0.8;
/** An estimate from fewer single faults is off by more than a few points. */
const LEAST_FAULTS = 100;

export interface HotFile {
  readonly path: string;
  /** Of all major faults. */
  readonly share: number;
  readonly majorFaults: number;
  readonly faultWaitNs: number;
  readonly mappedBytes: number;
  /** Counted in the kernel; otherwise estimated from single faults. */
  readonly exact: boolean;
}

/** The one file that most faults are in; null where there is none. */
export function hotFile({ files, mappings }: Pick<Snapshot, 'files' | 'mappings'>): HotFile | null {
  if (files?.exact === true) return hottest(files.files, files.more.majorFaults + files.unplacedFaults);
  return hottest(
    mappings.map((mapping) => ({ ...mapping, mappedBytes: mapping.sizeBytes, exact: false })),
    0,
  );
}

type Place = Pick<FileView, 'of' | 'path' | 'majorFaults' | 'faultWaitNs' | 'mappedBytes' | 'exact'>;

/** `elsewhere`: faults in none of the places. */
function hottest(places: readonly Place[], elsewhere: number): HotFile | null {
  const all = places.reduce((sum, { majorFaults }) => sum + majorFaults, elsewhere);
  const [top] = [...places].sort((a, b) => b.majorFaults - a.majorFaults);
  if (top === undefined || top.of !== 'file' || top.path === null || all < LEAST_FAULTS) return null;
  const { path, majorFaults, faultWaitNs, mappedBytes, exact } = top;
  const share = majorFaults / all;
  return share < HOT_SHARE ? null : { path, share, majorFaults, faultWaitNs, mappedBytes, exact };
}
