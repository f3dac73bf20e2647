import type { EvictionWay, FaultCause } from '../record/page-cache.js';

/** A process that evicted pages of the target's files, in one way. */
export interface SummaryEvictor {
  /** Process ID; 0 for many that are no longer told apart. */
  readonly pid: number;
  /** Name of the process, unescaped; null where it is not known. */
  readonly comm: string | null;
  /** Command line, unescaped and cut; null where it was gone before it could be read. */
  readonly command: string | null;
  /** Its memory cgroup, unescaped; null where it could not be read. */
  readonly cgroup: string | null;
  /** How the pages left the page cache; `kswapd` evicts on behalf of others (pageCache.suspects). */
  readonly way: EvictionWay;
  /** Pages of the target's files that it evicted. Exact. */
  readonly pages: number;
  /** Major faults of the target in pages that it had evicted; scaled where pages are sampled. */
  readonly refaults: number;
  /** Time in those, ns. */
  readonly refaultWaitNs: number;
  /** Time from eviction to refault, mean, ns; null without refaults. */
  readonly meanAgeNs: number | null;
  /** The same, longest, ns; null without refaults. */
  readonly maxAgeNs: number | null;
  /** refaults / pageCache.majorFaults; null while there are none. */
  readonly share: number | null;
}

export interface SummaryPageCache {
  /** Pages of the target's files that were evicted. Exact. */
  readonly evictedPages: number;
  /** Major faults that were looked at: the sum of causes. */
  readonly majorFaults: number;
  /** Time in those, ns, from entering the kernel's fault handler of files. */
  readonly faultWaitNs: number;
  /** Brought into memory by all processes, bytes; see fillers. */
  readonly filledBytes: number;
  /** Who brought most into memory, most first. */
  readonly fillers: readonly SummaryFiller[];
  /** Why pages were not there, most faults first. */
  readonly causes: readonly SummaryCause[];
  /** Refaults of pages that kswapd evicted. */
  readonly kswapdRefaults: number;
  /** Who filled memory while kswapd evicted the pages that came back: suspects, not culprits. */
  readonly suspects: readonly SummarySuspect[];
  /** Mean number of evicted pages that were missing: those that came back, times how long they were gone. */
  readonly missingPages: number;
  /** Which evictions are remembered. */
  readonly sampling: SummaryPageSampling;
  /** Time since the set was last attached, ns. */
  readonly watchedNs: number;
}

export interface SummaryFiller {
  /** Process ID; 0 for many that are no longer told apart. */
  readonly pid: number;
  /** Name of the process, unescaped; null where it is not known. */
  readonly comm: string | null;
  /** Its memory cgroup, unescaped; null where it could not be read. */
  readonly cgroup: string | null;
  /** Added to the page cache, bytes. Exact. */
  readonly pageCacheBytes: number;
  /** Growth of its anonymous memory, bytes; a lower bound. */
  readonly anonymousBytes: number;
}

export interface SummaryCause {
  /** Why the page was not there. */
  readonly cause: FaultCause;
  /** Scaled to all faults where pages are sampled. */
  readonly majorFaults: number;
  /** Time in those, ns. */
  readonly faultWaitNs: number;
  /** How sure the cause is; docs/pagecache.md has the rules. */
  readonly confidence: 'high' | 'medium' | 'low';
}

export interface SummarySuspect {
  /** Process ID; 0 for many that are no longer told apart. */
  readonly pid: number;
  /** Name of the process, unescaped; null where it is not known. */
  readonly comm: string | null;
  /** Its memory cgroup, unescaped; null where it could not be read. */
  readonly cgroup: string | null;
  /** Of what was brought into memory at that time. */
  readonly share: number;
  /** share x kswapdRefaults. */
  readonly refaults: number;
}

export interface SummaryPageSampling {
  /** One page in how many is in the sample; 1 is all. */
  readonly oneIn: number;
  /** Faults whose own cause was seen; the others are scaled from them, file by file. */
  readonly seenFaults: number;
  /** Evictions of pages in the sample that were forgotten for lack of room: their refaults look like first touches. */
  readonly forgotten: number;
}

export interface SummaryMemoryCgroup {
  /** From the root of the hierarchy, unescaped. */
  readonly path: string;
  /** The smaller of memory.max and memory.high, or memory.limit_in_bytes. */
  readonly limitBytes: number;
  /** At the end of the window. */
  readonly usageBytes: number;
  /** Page cache in it; null where it could not be read. */
  readonly fileBytes: number | null;
  /** Anonymous memory in it; null where it could not be read. */
  readonly anonBytes: number | null;
  /** Usage as a share of the limit, averaged over the readings. */
  readonly meanFullness: number;
  /** Pages of files read again after it had evicted them, within the window; null where the kernel does not tell. */
  readonly refaultedPages: number | null;
}
