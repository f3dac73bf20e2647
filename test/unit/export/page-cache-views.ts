import fc from 'fast-check';
import type { MemoryCgroupView } from '../../../src/model/memory-cgroup-view.js';
import type { ActorView, PageCacheView } from '../../../src/model/page-cache-view.js';
import { EVICTION_WAYS, FAULT_CAUSES } from '../../../src/record/page-cache.js';
import { outside, unknown } from './outside-strings.js';

const GREP: ActorView = {
  pid: 4720,
  comm: 'grep',
  command: 'grep -r needle /srv',
  cgroup: '/batch',
  isTarget: false,
  kernelThread: false,
};

/** Every list has an entry. */
export function fullPageCache(): PageCacheView {
  const back = { refaults: 7, refaultWaitNs: 4_000_000, meanAgeNs: 1_500_000_000.4, maxAgeNs: 3_000_000_000 };
  const faults = { majorFaults: 7, faultWaitNs: 4_000_000, confidence: 'high' as const };
  return {
    evictedPages: 5000,
    evictedRateHz: 120,
    evictors: [{ actor: GREP, way: 'reclaim', pages: 5000, pagesRateHz: 120, ...back }],
    fillers: [{ actor: GREP, pageCacheBytes: 2 ** 30, anonymousBytes: 2 ** 20, rateBytesPerSecond: 2 ** 27 }],
    filledBytes: 2 ** 30 + 2 ** 20,
    majorFaults: 10,
    faultWaitNs: 5_000_000,
    sampledFaults: 8,
    causes: [
      { cause: 'refault', ...faults, evictors: [{ actor: GREP, way: 'reclaim', majorFaults: 7, meanAgeNs: 1.5e9 }] },
      { cause: 'first-touch', majorFaults: 3, faultWaitNs: 1_000_000, confidence: 'low', evictors: [] },
    ],
    suspects: [{ actor: GREP, share: 0.8, refaults: 2 }],
    kswapdRefaults: 3,
    missingPages: 12.5,
    sampling: { oneIn: 2, forgotten: 1 },
    watchedNs: 2_000_000_000,
    ranNs: 2_000_000_000,
    fromTheBegin: false,
  };
}

export function fullMemoryCgroup(): MemoryCgroupView {
  return {
    path: '/server',
    limitBytes: 2 ** 29,
    usageBytes: 2 ** 29 - 4096,
    fileBytes: 2 ** 28,
    anonBytes: 2 ** 27,
    meanFullness: 0.98,
    refaultedPages: 300,
    watchedNs: 2_000_000_000,
  };
}

const count = fc.nat();
const ns = fc.maxSafeNat();
const positive = fc.double({ min: 0, max: 1e15, noNaN: true });
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const confidence = fc.constantFrom('high' as const, 'medium' as const, 'low' as const);
const actor: fc.Arbitrary<ActorView> = fc.record({
  pid: fc.nat(2 ** 22),
  comm: unknown(outside),
  command: unknown(outside),
  cgroup: unknown(outside),
  isTarget: fc.boolean(),
  kernelThread: fc.boolean(),
});
const way = fc.constantFrom(...EVICTION_WAYS);

/** Whatever the types allow. */
export const anyPageCache: fc.Arbitrary<PageCacheView | null> = unknown(
  fc.record({
    evictedPages: count,
    evictedRateHz: positive,
    evictors: fc.array(
      fc.record({
        actor,
        way,
        pages: count,
        pagesRateHz: positive,
        refaults: count,
        refaultWaitNs: ns,
        meanAgeNs: unknown(positive),
        maxAgeNs: unknown(ns),
      }),
      { maxLength: 4 },
    ),
    fillers: fc.array(fc.record({ actor, pageCacheBytes: ns, anonymousBytes: ns, rateBytesPerSecond: positive }), {
      maxLength: 4,
    }),
    filledBytes: ns,
    majorFaults: count,
    faultWaitNs: ns,
    sampledFaults: count,
    causes: fc.array(
      fc.record({
        cause: fc.constantFrom(...FAULT_CAUSES),
        majorFaults: count,
        faultWaitNs: ns,
        confidence,
        evictors: fc.array(fc.record({ actor, way, majorFaults: count, meanAgeNs: positive }), { maxLength: 3 }),
      }),
      { maxLength: 4 },
    ),
    suspects: fc.array(fc.record({ actor, share: fraction, refaults: count }), { maxLength: 4 }),
    kswapdRefaults: count,
    missingPages: positive,
    sampling: fc.record({ oneIn: fc.integer({ min: 1, max: 4096 }), forgotten: count }),
    watchedNs: ns,
    ranNs: ns,
    fromTheBegin: fc.boolean(),
  }),
);

export const anyMemoryCgroup: fc.Arbitrary<MemoryCgroupView | null> = unknown(
  fc.record({
    path: outside,
    limitBytes: fc.integer({ min: 1, max: 2 ** 50 }),
    usageBytes: ns,
    fileBytes: unknown(ns),
    anonBytes: unknown(ns),
    meanFullness: fraction,
    refaultedPages: unknown(count),
    watchedNs: ns,
  }),
);
