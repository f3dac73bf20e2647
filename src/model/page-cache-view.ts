import type { EvictionWay } from '../record/page-cache.js';
import type { CauseShare } from './files-view.js';

/** Who evicts the target's pages, and who fills memory meanwhile (bpf/pagecache.bt). */
export interface PageCacheView {
  /** Pages of the target's files evicted since the set was attached: exact. */
  readonly evictedPages: number;
  readonly evictedRateHz: number;
  /** Most refaults first, then most pages, at most {@link TOP_ACTORS}. */
  readonly evictors: readonly EvictorView[];
  /** Most bytes first, at most {@link TOP_ACTORS}. */
  readonly fillers: readonly FillerView[];
  /** Major faults by cause, all files together. */
  readonly causes: readonly CauseShare[];
  /** Refaults of pages that kswapd evicted, laid to those who filled memory at that time. */
  readonly suspects: readonly SuspectView[];
  readonly kswapdRefaults: number;
  readonly sampling: { readonly oneIn: number; readonly forgotten: number };
  /** Since the set was attached: what `first-touch` rests on. */
  readonly watchedNs: number;
}

export const TOP_ACTORS = 50;

export interface ActorView {
  readonly pid: number;
  /** Outside strings; null where they are not known. */
  readonly comm: string | null;
  readonly command: string | null;
  readonly cgroup: string | null;
  /** It is the target itself. */
  readonly isTarget: boolean;
  readonly kernelThread: boolean;
}

export interface EvictorView {
  readonly actor: ActorView;
  readonly way: EvictionWay;
  /** Exact. */
  readonly pages: number;
  readonly pagesRateHz: number;
  /** Scaled where pages are sampled. */
  readonly refaults: number;
  readonly refaultWaitNs: number;
  /** Null without refaults. */
  readonly meanAgeNs: number | null;
  readonly maxAgeNs: number | null;
}

export interface FillerView {
  readonly actor: ActorView;
  readonly pageCacheBytes: number;
  readonly anonymousBytes: number;
  readonly rateBytesPerSecond: number;
}

export interface SuspectView {
  readonly actor: ActorView;
  /** Of what was brought into memory while kswapd evicted the pages that came back. */
  readonly share: number;
  /** `share` of the refaults of kswapd's evictions. */
  readonly refaults: number;
}
