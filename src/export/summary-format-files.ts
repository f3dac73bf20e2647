import type { AccessPattern, CauseShare, FileView } from '../model/files-view.js';

/** A file that major faults read from, or memory without one, a row a kind. */
export interface SummaryFile {
  /** As the target sees it, unescaped; null without one, and where nothing told its name. */
  readonly path: string | null;
  /** What it is; `unknown` is a file that no mapping has named. */
  readonly of: FileView['of'];
  /** It has no name any more. */
  readonly deleted: boolean;
  /** Major and minor number as the kernel has them, e.g. 8:1; null without a file. */
  readonly device: string | null;
  /** Inode, decimal: a string, because JSON numbers end at 2^53; null without a file. */
  readonly inode: string | null;
  /** Size, bytes; beyond 2^53 rounded to what a double holds; null where it is not known. */
  readonly sizeBytes: number | null;
  /** Mapped at the end of the window, as far as faults were seen in it, bytes. */
  readonly mappedBytes: number;
  /** Major faults. */
  readonly majorFaults: number;
  /** Latency of those, ns. */
  readonly faultWaitNs: number;
  /** Both are counted in the kernel; otherwise estimated from single faults. */
  readonly exact: boolean;
  /** How it is faulted in (docs/files.md has the measure); null where too few faults tell. */
  readonly pattern: SummaryPattern | null;
  /** Where in the file its faults were; null where no single fault of it arrived. */
  readonly heat: SummaryHeat | null;
  /** How much of it was in the page cache; null where that was not read. */
  readonly residency: SummaryResidency | null;
  /** Of majorFaults, those on pages not seen in the page cache before; absent unless the probe set `pagecache` told. */
  readonly firstTouch?: number;
  /** Of majorFaults, those on pages that had been evicted; absent unless the probe set `pagecache` told. */
  readonly refaults?: number;
  /** Why its pages were not there; absent unless the probe set `pagecache` told. */
  readonly causes?: readonly SummaryFileCause[];
}

export interface SummaryPattern {
  /** `sequential`: faults go on where the one before left off; `clustered`: most are in a small part; `random`: neither. */
  readonly kind: AccessPattern['kind'];
  /** Share of the faults that go on where the thread's one before left off, less what chance brings; null with too few. */
  readonly sequentialFraction: number | null;
  /** Smallest share of the touched range with four in five of the faults; null with too few single faults. */
  readonly hotFraction: number | null;
  /** What that share would be if as many single faults were spread evenly; null with too few. */
  readonly evenFraction: number | null;
  /** Shortest range in one piece with four in five of the faults; null with too few. */
  readonly hotRange: SummaryByteRange | null;
  /** Single faults that what is said of places rests on. */
  readonly samples: number;
}

export interface SummaryByteRange {
  /** First byte. */
  readonly fromByte: number;
  /** Byte after the last. */
  readonly toByte: number;
}

export interface SummaryHeat {
  /** First byte of the range. */
  readonly fromByte: number;
  /** Byte after its last. */
  readonly toByte: number;
  /** Faults in each of 64 equal parts of the range, estimated from single faults, to a tenth. */
  readonly cells: readonly number[];
}

export interface SummaryResidency {
  /** In the page cache, bytes. */
  readonly residentBytes: number;
  /** Size of the file at that time, bytes. */
  readonly sizeBytes: number;
  /** When it was read, ns since the begin of the window. */
  readonly atNs: number;
}

export interface SummaryFileCause {
  /** Why the page was not there. */
  readonly cause: CauseShare['cause'];
  /** Major faults, scaled where only sampled pages tell. */
  readonly majorFaults: number;
  /** Latency of those, ns. */
  readonly faultWaitNs: number;
  /** How sure that is. */
  readonly confidence: CauseShare['confidence'];
}

/** Faults that `files` does not list: with them it has all that were counted. */
export interface SummaryFilesRest {
  /** Files beyond those listed. */
  readonly files: number;
  /** Major faults of those. */
  readonly majorFaults: number;
  /** Latency of those, ns. */
  readonly faultWaitNs: number;
  /** Major faults in no known file or mapping, estimated. */
  readonly unplacedFaults: number;
  /** Latency of those, ns. */
  readonly unplacedWaitNs: number;
}
