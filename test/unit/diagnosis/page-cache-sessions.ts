import type { CauseShare, FilesView, FileView } from '../../../src/model/files-view.js';
import type { MemoryCgroupView } from '../../../src/model/memory-cgroup-view.js';
import type { ActorView, EvictorView, FillerView, PageCacheView } from '../../../src/model/page-cache-view.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { SECOND, session, withFaults } from './sessions.js';

export const MIB = 2 ** 20;

export function actor(pid: number, comm: string, facts: Partial<ActorView> = {}): ActorView {
  return { pid, comm, command: null, cgroup: '/batch', isTarget: false, kernelThread: false, ...facts };
}

export const GREP = actor(4711, 'grep');
export const SELF = actor(100, 'server', { isTarget: true, cgroup: '/server' });
export const KSWAPD = actor(50, 'kswapd0', { kernelThread: true, cgroup: '/' });

/** Who evicted 20,000 pages, of which so many came back after 2 s, at 5 ms each. */
export function evictor(who: ActorView, refaults: number, facts: Partial<EvictorView> = {}): EvictorView {
  const back = { refaults, refaultWaitNs: refaults * 5e6, meanAgeNs: 2 * SECOND, maxAgeNs: 9 * SECOND };
  return { actor: who, way: 'reclaim', pages: 20_000, pagesRateHz: 1000, ...back, ...facts };
}

export function filler(who: ActorView, mib: number, mibPerSecond = 10): FillerView {
  return { actor: who, pageCacheBytes: mib * MIB, anonymousBytes: 0, rateBytesPerSecond: mibPerSecond * MIB };
}

export function cause(of: CauseShare['cause'], majorFaults: number, facts: Partial<CauseShare> = {}): CauseShare {
  const sums = { majorFaults, faultWaitNs: majorFaults * 5e6 };
  return { cause: of, ...sums, confidence: 'high', evictors: [], ...facts };
}

/** The set has watched from the session's begin, and looked at every fault. */
export function pageCache(causes: readonly CauseShare[], facts: Partial<PageCacheView> = {}): PageCacheView {
  const majorFaults = causes.reduce((sum, share) => sum + share.majorFaults, 0);
  return {
    evictedPages: 20_000,
    evictedRateHz: 1000,
    evictors: [],
    fillers: [],
    filledBytes: 0,
    majorFaults,
    faultWaitNs: causes.reduce((sum, share) => sum + share.faultWaitNs, 0),
    sampledFaults: majorFaults,
    causes,
    suspects: [],
    kswapdRefaults: 0,
    missingPages: 0,
    sampling: { oneIn: 1, forgotten: 0 },
    watchedNs: 20 * SECOND,
    ranNs: 20 * SECOND,
    fromTheBegin: false,
    ...facts,
  };
}

export function fileView(path: string, majorFaults: number, facts: Partial<FileView> = {}): FileView {
  return {
    id: path,
    of: 'file',
    path,
    deleted: false,
    device: '8:1',
    inode: 12n,
    mappedBytes: 1024 * MIB,
    sizeBytes: 1024 * MIB,
    majorFaults,
    faultWaitNs: majorFaults * 5e6,
    exact: true,
    pattern: null,
    heat: null,
    residency: null,
    residencyGap: null,
    causes: null,
    ...facts,
  };
}

export function files(...all: readonly FileView[]): FilesView {
  return {
    files: all,
    more: { files: 0, majorFaults: 0, faultWaitNs: 0 },
    unplacedFaults: 0,
    unplacedWaitNs: 0,
    exact: true,
  };
}

/** The cgroup is as good as full all the time. */
export function fullCgroup(facts: Partial<MemoryCgroupView> = {}): MemoryCgroupView {
  return {
    path: '/server',
    limitBytes: 600 * MIB,
    usageBytes: 599 * MIB,
    fileBytes: 500 * MIB,
    anonBytes: 90 * MIB,
    meanFullness: 0.998,
    refaultedPages: 40_000,
    watchedNs: 20 * SECOND,
    ...facts,
  };
}

/** Twenty seconds of a program whose threads are in major faults for half of their time. */
export function faulting(view: PageCacheView, facts: Partial<Snapshot> = {}): Snapshot {
  return withFaults(session(20, { fault: 20, onCpu: 20 }, { pageCache: view, ...facts }), view.majorFaults);
}
