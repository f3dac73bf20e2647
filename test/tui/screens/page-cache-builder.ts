import type { CauseShare } from '../../../src/model/files-view.js';
import type { ActorView, PageCacheView } from '../../../src/model/page-cache-view.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { snapshot } from './snapshot-builder.js';

/** Made-up figures of the page cache, the same every time. */

const GIB = 2 ** 30;

export function actor(pid: number, comm: string | null, facts: Partial<ActorView> = {}): ActorView {
  const cgroup = '/system.slice/batch.service';
  return { pid, comm, command: null, cgroup, isTarget: false, kernelThread: false, ...facts };
}

const GREP = actor(5120, 'grep', { command: 'grep -r needle /srv/archive' });
const KSWAPD = actor(57, 'kswapd0', { cgroup: '/', kernelThread: true });
const TARGET = actor(4711, 'coldmmap', { cgroup: '/app', isTarget: true });

function cause(of: CauseShare['cause'], majorFaults: number, confidence: CauseShare['confidence']): CauseShare {
  return { cause: of, majorFaults, faultWaitNs: majorFaults * 92_000, confidence, evictors: [] };
}

/** grep and a backup behind kswapd have evicted what the target reads. */
export function pageCache(facts: Partial<PageCacheView> = {}): PageCacheView {
  const refaults = (count: number) => ({ refaults: count, refaultWaitNs: count * 92_000 });
  return {
    evictedPages: 351_200,
    evictedRateHz: 8200,
    evictors: [
      {
        actor: GREP,
        way: 'reclaim',
        pages: 250_000,
        pagesRateHz: 6100,
        ...refaults(52_300),
        meanAgeNs: 2.4e9,
        maxAgeNs: 14e9,
      },
      {
        actor: KSWAPD,
        way: 'kswapd',
        pages: 90_000,
        pagesRateHz: 2100,
        ...refaults(21_000),
        meanAgeNs: 3.1e9,
        maxAgeNs: 22e9,
      },
      {
        actor: TARGET,
        way: 'reclaim',
        pages: 10_400,
        pagesRateHz: 12,
        ...refaults(800),
        meanAgeNs: 6e9,
        maxAgeNs: 31e9,
      },
      {
        actor: actor(5300, null, { cgroup: null }),
        way: 'fadvise',
        pages: 800,
        pagesRateHz: 0,
        ...refaults(0),
        meanAgeNs: null,
        maxAgeNs: null,
      },
    ],
    fillers: [
      { actor: GREP, pageCacheBytes: 31 * GIB, anonymousBytes: 2 ** 20, rateBytesPerSecond: 0.7 * GIB },
      { actor: actor(5001, 'backup'), pageCacheBytes: 9 * GIB, anonymousBytes: GIB, rateBytesPerSecond: 0.2 * GIB },
      { actor: TARGET, pageCacheBytes: 3 * GIB, anonymousBytes: 0, rateBytesPerSecond: 0.07 * GIB },
    ],
    filledBytes: 44.1 * GIB,
    majorFaults: 110_700,
    faultWaitNs: 110_700 * 92_000,
    sampledFaults: 27_600,
    causes: [
      cause('refault', 74_100, 'high'),
      cause('first-touch', 30_200, 'low'),
      cause('under-way', 6000, 'high'),
      cause('unknown', 400, 'low'),
    ],
    suspects: [
      { actor: actor(5001, 'backup'), share: 0.81, refaults: 17_010 },
      { actor: TARGET, share: 0.12, refaults: 2520 },
    ],
    kswapdRefaults: 21_000,
    missingPages: 6000,
    sampling: { oneIn: 4, forgotten: 120 },
    watchedNs: 41.2e9,
    ranNs: 41.2e9,
    fromTheBegin: false,
    ...facts,
  };
}

export function evictedSnapshot(facts: Partial<PageCacheView> = {}): Snapshot {
  const base = snapshot();
  const running = { set: 'pagecache', state: 'running', variant: null, detail: null } as const;
  return { ...base, probes: [...base.probes, running], pageCache: pageCache(facts) };
}
