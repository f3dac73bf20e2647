import type { ResidencyGapRecord } from '../record/files.js';
import type { MappingKind } from '../record/record.js';
import type { ActorView } from './page-cache-view.js';

/** Where the major faults come from: files and what has none. Counts are the kernel's where `exact`. */
export interface FilesView {
  /** Most fault time first, at most {@link TOP_FILES}; memory without a file (swap) has a row a kind. */
  readonly files: readonly FileView[];
  /** Files beyond those listed, taken together. */
  readonly more: { readonly files: number; readonly majorFaults: number; readonly faultWaitNs: number };
  /**
   * Faults whose address lay in no known mapping and whose file the kernel did not tell: estimated from single faults. With
   * them and `more`, the files have all faults that were counted.
   */
  readonly unplacedFaults: number;
  readonly unplacedWaitNs: number;
  /** The kernel names the page of each fault (filemap:mm_filemap_fault, Linux 6.12 and later). */
  readonly exact: boolean;
}

export const TOP_FILES = 200;

export interface FileView {
  /** Unique in the session. */
  readonly id: string;
  /** `unknown`: the kernel named the file, no mapping told what it is called. */
  readonly of: MappingKind | 'unknown';
  /** As the target sees it: an outside string; null without one. */
  readonly path: string | null;
  readonly deleted: boolean;
  /** "major:minor" and inode as the kernel knows them; null for memory without a file. */
  readonly device: string | null;
  readonly inode: bigint | null;
  /** Mapped, as far as faults were seen in it. */
  readonly mappedBytes: number;
  /** Null where it is not known. */
  readonly sizeBytes: number | null;
  readonly majorFaults: number;
  readonly faultWaitNs: number;
  /** Counted in the kernel; otherwise estimated by the weights of single faults. */
  readonly exact: boolean;
  readonly pattern: AccessPattern | null;
  /** Null where no single fault of it arrived. */
  readonly heat: HeatView | null;
  readonly residency: { readonly atNs: number; readonly residentBytes: number; readonly sizeBytes: number } | null;
  /** Why there is none, or no newer one; null where nothing is to be said. */
  readonly residencyGap: ResidencyGapRecord['why'] | null;
  /** Of its faults; null unless the set `pagecache` has run. */
  readonly causes: readonly CauseShare[] | null;
}

/** How a file's pages are faulted in; docs/files.md has the measure. */
export interface AccessPattern {
  readonly kind: 'sequential' | 'random' | 'clustered';
  /** Share of faults that go on where the thread's fault before left off, less what chance brings; null with too few. */
  readonly sequentialFraction: number | null;
  /** The smallest share of the touched range in which four in five of the faults are; null with too few single faults. */
  readonly hotFraction: number | null;
  /** What that share would be if as many single faults were spread evenly. */
  readonly evenFraction: number | null;
  /** The shortest range in one piece in which four in five of the faults are. */
  readonly hotRange: { readonly fromByte: number; readonly toByte: number } | null;
  /** Single faults that what is said of places rests on. */
  readonly samples: number;
}

/** Faults over the file's offset, and over time: weights of single faults. */
export interface HeatView {
  /** The range that the cells divide evenly. */
  readonly fromByte: number;
  /** Exclusive. */
  readonly toByte: number;
  /** {@link HEAT_CELLS} of them. */
  readonly cells: readonly number[];
  /** The same by time, oldest first; each row spans `durationNs` up to `atNs`. At most {@link HEAT_ROWS}. */
  readonly rows: readonly { readonly atNs: number; readonly durationNs: number; readonly cells: readonly number[] }[];
}

export const HEAT_CELLS = 256;
export const HEAT_ROWS = 64;

/** Faults of one cause. */
export interface CauseShare {
  readonly cause: 'first-touch' | 'refault' | 'under-way' | 'own-readahead' | 'swap-in' | 'unknown';
  /** Scaled to all faults where only those of sampled pages are known. */
  readonly majorFaults: number;
  readonly faultWaitNs: number;
  readonly confidence: 'high' | 'medium' | 'low';
  /** Refaults by who evicted the page, most first; a kswapd's are laid to no one here. Empty for other causes. */
  readonly evictors: readonly {
    readonly actor: ActorView;
    readonly way: string;
    readonly majorFaults: number;
    readonly meanAgeNs: number;
  }[];
}
