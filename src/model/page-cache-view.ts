import type { EvictionWay, FaultCause } from '../record/page-cache.js';
import type { CauseShare } from './files-view.js';

/** Who evicts the target's pages, and who fills memory meanwhile (bpf/pagecache.bt). */
export interface PageCacheView {
  /** Pages of the target's files evicted while the set ran: exact. */
  readonly evictedPages: number;
  /** Over the last {@link RATE_SECONDS} seconds or so, like all rates here. */
  readonly evictedRateHz: number;
  /** Most refaults first, then most pages, at most {@link TOP_ACTORS}. */
  readonly evictors: readonly EvictorView[];
  /** Most bytes first, at most {@link TOP_ACTORS}. */
  readonly fillers: readonly FillerView[];
  /** Brought into memory by all, those that are not listed too. */
  readonly filledBytes: number;
  /** Major faults that were looked at: the sum of `causes`. */
  readonly majorFaults: number;
  readonly faultWaitNs: number;
  /** Of those, faults whose own cause was seen; the rest is scaled from them, file by file. */
  readonly sampledFaults: number;
  /** Major faults by cause, all files together, most first. */
  readonly causes: readonly CauseShare[];
  /** Refaults of pages that kswapd evicted, laid to those who filled memory at that time: most first. */
  readonly suspects: readonly SuspectView[];
  readonly kswapdRefaults: number;
  /** Mean number of pages that were evicted and came back later: refaults times their age, by the time watched (Little's law). */
  readonly missingPages: number;
  readonly sampling: { readonly oneIn: number; readonly forgotten: number };
  /** Since the set was last attached, or for as long as it then ran: what `first-touch` rests on. */
  readonly watchedNs: number;
  /** All the time the set ran, which the sums here are of. */
  readonly ranNs: number;
  /** A launched target, watched from its first instruction on. */
  readonly fromTheBegin: boolean;
}

export const TOP_ACTORS = 50;
export const RATE_SECONDS = 5;

export interface ActorView {
  /** 0 stands for several that are no longer told apart. */
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

/** Why the page of one fault was not there. */
export interface SingleCauseView {
  readonly cause: FaultCause;
  /** With `refault`: who evicted it, and how. */
  readonly evictor: { readonly actor: ActorView; readonly way: EvictionWay } | null;
  /** With `refault`: time since the eviction. */
  readonly ageNs: number | null;
}
