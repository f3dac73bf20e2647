/** A file as the kernel knows it: the inode that its page cache hangs on. */
export interface FileKey {
  /** dev_t as the kernel has it, major << 20 | minor (include/linux/kdev_t.h); stat(2) gives another encoding. */
  readonly device: number;
  readonly inode: bigint;
}

/** One page of a file. */
export interface FilePage extends FileKey {
  /** In pages of the file, from 0. */
  readonly index: bigint;
}

/** What a file is called. The latest one counts. */
export interface FileRecord extends FileKey {
  readonly kind: 'file';
  readonly atNs: bigint;
  /** As the target sees it, without the kernel's " (deleted)": an outside string; null where no name was found. */
  readonly path: string | null;
  readonly deleted: boolean;
  /** Null where it could not be read. */
  readonly sizeBytes: bigint | null;
}

/** Faults that read no page of a file through the page cache: swapped in, or of memory that has no filemap_fault(). */
export const NO_FILE: FileKey = { device: 0, inode: 0n };

/** Faults of which was not seen whether they read one, because tracing was about to begin or to end. */
export const UNSEEN_FILE: FileKey = { device: 0, inode: 1n };

/**
 * Major faults of one file, counted in the kernel, cumulative since the set was attached. Also of {@link NO_FILE} and
 * {@link UNSEEN_FILE}.
 */
export interface FileFaultsRecord extends FileKey {
  readonly kind: 'file-faults';
  /**
   * How far it lies from the same thread's major fault before, if that was in the same file: `near` 1 to 32 pages further
   * on, `far` 33 to 1024, `other` anything else.
   */
  readonly step: FaultStep;
  readonly count: number;
  /** Latency, from going off-CPU to completion; 0 for those that never slept. */
  readonly totalNs: number;
}

export const FAULT_STEPS = ['near', 'far', 'other'] as const;
export type FaultStep = (typeof FAULT_STEPS)[number];

/** How much of a file is in the page cache is not told. */
export interface ResidencyGapRecord extends FileKey {
  readonly kind: 'residency-gap';
  readonly atNs: bigint;
  /**
   * `slow`: with its size, fincore(1) would take too long, or it did; `remote`: on a network or FUSE file system, where
   * opening a file may throw it out of memory; `no-fincore`: that is not installed; `failed`: it gave no answer.
   */
  readonly why: 'slow' | 'remote' | 'no-fincore' | 'failed';
}

/** How much of a file is in the page cache: one reading of fincore(1). */
export interface ResidencyRecord extends FileKey {
  readonly kind: 'residency';
  readonly atNs: bigint;
  readonly residentBytes: bigint;
  readonly sizeBytes: bigint;
}
