import type { MemoryCgroupView } from '../model/memory-cgroup-view.js';
import type { ActorView, EvictorView, FillerView, PageCacheView } from '../model/page-cache-view.js';
import type {
  SummaryEvictor,
  SummaryFiller,
  SummaryMemoryCgroup,
  SummaryPageCache,
} from './summary-format-page-cache.js';

/** Who evicted the target's pages, most refaults first. */
export function evictorsOf({ evictors, majorFaults }: PageCacheView): SummaryEvictor[] {
  return evictors.map((evictor) => evictorOf(evictor, majorFaults));
}

function evictorOf(evictor: EvictorView, majorFaults: number): SummaryEvictor {
  const { actor, way, pages, refaults, refaultWaitNs, meanAgeNs, maxAgeNs } = evictor;
  return {
    pid: actor.pid,
    comm: actor.comm,
    command: actor.command,
    cgroup: actor.cgroup,
    way,
    pages,
    refaults,
    refaultWaitNs,
    meanAgeNs: meanAgeNs === null ? null : Math.round(meanAgeNs),
    maxAgeNs,
    share: majorFaults === 0 ? null : refaults / majorFaults,
  };
}

export function pageCacheOf(view: PageCacheView): SummaryPageCache {
  return {
    evictedPages: view.evictedPages,
    majorFaults: view.majorFaults,
    faultWaitNs: view.faultWaitNs,
    filledBytes: view.filledBytes,
    fillers: view.fillers.map(fillerOf),
    causes: view.causes.map(({ cause, majorFaults, faultWaitNs, confidence }) => ({
      cause,
      majorFaults,
      faultWaitNs,
      confidence,
    })),
    kswapdRefaults: view.kswapdRefaults,
    suspects: view.suspects.map(({ actor, share, refaults }) => ({ ...nameOf(actor), share, refaults })),
    missingPages: view.missingPages,
    sampling: {
      oneIn: view.sampling.oneIn,
      seenFaults: view.sampledFaults,
      forgotten: view.sampling.forgotten,
    },
    watchedNs: view.watchedNs,
  };
}

function fillerOf({ actor, pageCacheBytes, anonymousBytes }: FillerView): SummaryFiller {
  return { ...nameOf(actor), pageCacheBytes, anonymousBytes };
}

function nameOf({ pid, comm, cgroup }: ActorView): Pick<SummaryFiller, 'pid' | 'comm' | 'cgroup'> {
  return { pid, comm, cgroup };
}

export function memoryCgroupOf(view: MemoryCgroupView): SummaryMemoryCgroup {
  const { path, limitBytes, usageBytes, fileBytes, anonBytes, meanFullness, refaultedPages } = view;
  return { path, limitBytes, usageBytes, fileBytes, anonBytes, meanFullness, refaultedPages };
}
