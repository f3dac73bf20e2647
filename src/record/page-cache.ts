import type { FileKey } from './files.js';

/** A process of the host: `generation` is the low 14 bits of its start time in clock ticks (ThreadRef says the same of threads). */
export interface ActorRef {
  readonly pid: number;
  readonly generation: number;
}

/** Who a process is that evicts pages or fills the page cache. The latest one counts. */
export interface ActorRecord extends ActorRef {
  readonly kind: 'actor';
  readonly atNs: bigint;
  /** task->comm: an outside string. */
  readonly comm: string;
  /** /proc/PID/cmdline, arguments parted by spaces, cut: an outside string; null where it was gone before it could be read. */
  readonly command: string | null;
  /** Its memory cgroup from /proc/PID/cgroup: an outside string; null where it could not be read. */
  readonly cgroup: string | null;
  readonly kernelThread: boolean;
}

/**
 * How a page left the page cache. `reclaim`: the process itself had to make room (direct or memory cgroup reclaim);
 * `kswapd`: the kernel made room on behalf of others; `fadvise`: POSIX_FADV_DONTNEED; `drop-caches`: vm.drop_caches;
 * `truncate`: truncated, punched or deleted; `unmount`; `direct-write`: written around the page cache; `other`.
 */
export const EVICTION_WAYS = [
  'reclaim',
  'kswapd',
  'fadvise',
  'drop-caches',
  'truncate',
  'unmount',
  'direct-write',
  'other',
] as const;
export type EvictionWay = (typeof EVICTION_WAYS)[number];

/** Pages of one of the target's files that were evicted, by whom and how: cumulative, exact. */
export interface EvictionsRecord extends FileKey {
  readonly kind: 'evictions';
  readonly actor: ActorRef;
  readonly way: EvictionWay;
  /** Base pages: a large folio counts all of its own. */
  readonly pages: number;
}

/** What a process brought into memory: cumulative since the set was attached. */
export interface FillRecord {
  readonly kind: 'fill';
  readonly actor: ActorRef;
  /** `page-cache`: bytes added to it, exact. `anonymous`: growth of its anonymous memory as seen from /proc, a lower bound. */
  readonly source: 'page-cache' | 'anonymous';
  readonly atNs: bigint;
  readonly bytes: number;
}

/**
 * Why a page was not there when the target touched it. `first-touch`: it has not been in the page cache since we watch;
 * `refault`: it was evicted since; `under-way`: another thread's read of it was not finished; `own-readahead`: the thread's
 * own readahead was not finished; `swap-in`: no file's page; `unknown`.
 */
export const FAULT_CAUSES = ['first-touch', 'refault', 'under-way', 'own-readahead', 'swap-in', 'unknown'] as const;
export type FaultCause = (typeof FAULT_CAUSES)[number];

/** Who evicted a page that came back. */
export interface EvictionRef {
  readonly actor: ActorRef;
  readonly way: EvictionWay;
  /** When, for kswapd, whose evictions are on behalf of those who filled memory then; null for others and where it is too long ago. */
  readonly atNs: bigint | null;
}

/** Major faults of the target by file, cause and evictor: cumulative, of the pages of the sample. */
export interface FaultCauseRecord extends FileKey {
  readonly kind: 'fault-cause';
  /** `not-sampled`: the page is not in the sample (see {@link PageSamplingRecord}), so its cause was not looked for. */
  readonly cause: FaultCause | 'not-sampled';
  /** With `refault` only. */
  readonly eviction: EvictionRef | null;
  readonly count: number;
  /** From entering filemap_fault() to completion. */
  readonly totalNs: number;
  /** With `refault`: time since the eviction, summed, and the longest. */
  readonly ageTotalNs: number;
  readonly ageMaxNs: number;
}

/** One major fault out of a rationed stream, with its cause. */
export interface SingleCauseRecord extends FileKey {
  readonly kind: 'single-cause';
  /** Of its completion: with the tid it names the fault. */
  readonly atNs: bigint;
  readonly tid: number;
  readonly index: bigint;
  readonly cause: FaultCause | 'not-sampled';
  readonly eviction: EvictionRef | null;
  readonly ageNs: number | null;
}

/** Which pages' evictions are remembered: one in 2^level, chosen by page index. The latest one counts. */
export interface PageSamplingRecord {
  readonly kind: 'page-sampling';
  readonly atNs: bigint;
  readonly level: number;
  /** Evictions of pages in the sample that had to be forgotten for lack of room, cumulative. */
  readonly forgotten: number;
}
