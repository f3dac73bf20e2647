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
export function hotFile(snapshot: Pick<Snapshot, 'files' | 'mappings'>): HotFile | null {
  const file = snapshot.files?.exact === true ? countedFile(snapshot.files) : estimatedFile(snapshot);
  return file === null || file.share < HOT_SHARE ? null : file;
}

function countedFile({ files, more, unplacedFaults }: NonNullable<Snapshot['files']>): HotFile | null {
  const all = sum(files) + more.majorFaults + unplacedFaults;
  const top = mostFaults(files);
  if (top === undefined || top.of !== 'file' || top.path === null || all < LEAST_FAULTS) return null;
  const { path, majorFaults, faultWaitNs, mappedBytes, exact } = top;
  return { path, share: majorFaults / all, majorFaults, faultWaitNs, mappedBytes, exact };
}

function estimatedFile({ mappings }: Pick<Snapshot, 'mappings'>): HotFile | null {
  const all = sum(mappings);
  const top = mostFaults(mappings);
  if (top === undefined || top.of !== 'file' || top.path === null || all < LEAST_FAULTS) return null;
  const { path, majorFaults, faultWaitNs, sizeBytes } = top;
  return { path, share: majorFaults / all, majorFaults, faultWaitNs, mappedBytes: sizeBytes, exact: false };
}

interface Counted {
  readonly majorFaults: number;
}

function mostFaults<Place extends Counted>(places: readonly Place[]): Place | undefined {
  return [...places].sort((a, b) => b.majorFaults - a.majorFaults)[0];
}

function sum(places: readonly Counted[]): number {
  return places.reduce((all, { majorFaults }) => all + majorFaults, 0);
}
