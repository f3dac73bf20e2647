import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FaultCauseRecord } from '../../../src/record/page-cache.js';
import {
  at,
  evictions,
  FILE,
  faults,
  fill,
  GREP,
  KSWAPD,
  MS,
  probe,
  refaults,
  SECOND,
  TARGET,
  watching,
} from './page-cache-records.js';

const OTHER = { pid: 9, generation: 3 };

describe('evictors', () => {
  test('there is nothing to show before the set has run', () => {
    const cache = watching();
    cache.tick(1, at(2));
    expect(cache.view()).toMatchObject({ evictedPages: 0, evictors: [], causes: [], watchedNs: SECOND });
  });

  test('pages, refaults, ages and times are laid to who evicted, however often a cell is told', () => {
    const cache = watching();
    cache.apply({
      kind: 'actor',
      atNs: 0n,
      ...GREP,
      comm: 'grep',
      command: null,
      cgroup: '/batch',
      kernelThread: false,
    });
    for (const pages of [300, 300, 1000]) cache.apply(evictions(GREP, pages));
    cache.apply(evictions(OTHER, 2000, 'fadvise'));
    for (const count of [10, 10, 40]) cache.apply(refaults(GREP, count));
    cache.apply(faults('first-touch', 60));
    cache.tick(2, at(3));
    const view = cache.view();
    expect(view?.evictedPages).toBe(3000);
    expect(view?.evictedRateHz).toBe(1500);
    expect(view?.evictors).toMatchObject([
      {
        actor: { pid: 4711, comm: 'grep', cgroup: '/batch', isTarget: false },
        way: 'reclaim',
        pages: 1000,
        pagesRateHz: 500,
        refaults: 40,
        refaultWaitNs: 40 * MS,
        meanAgeNs: SECOND,
        maxAgeNs: 2 * SECOND,
      },
      { actor: { pid: 9, comm: null }, way: 'fadvise', pages: 2000, refaults: 0, meanAgeNs: null },
    ]);
    expect(view?.causes).toMatchObject([
      { cause: 'first-touch', majorFaults: 60 },
      { cause: 'refault', majorFaults: 40, evictors: [{ actor: { pid: 4711 }, majorFaults: 40 }] },
    ]);
  });

  test('a set that is started again counts from nought, and the sums go on', () => {
    const cache = watching();
    cache.apply(evictions(GREP, 100));
    cache.apply(refaults(GREP, 50));
    cache.applyState(probe('stopped', 5));
    cache.applyState(probe('running', 7));
    cache.apply(evictions(GREP, 30));
    cache.apply(refaults(GREP, 20));
    cache.tick(1, at(8));
    expect(cache.view()).toMatchObject({ evictedPages: 130, majorFaults: 70, watchedNs: SECOND });
  });

  test('the target that evicts its own pages is told as such', () => {
    const cache = watching();
    cache.apply(evictions(TARGET, 5));
    expect(cache.view()?.evictors[0]?.actor.isTarget).toBe(true);
  });

  test('however many evict, no page and no refault is lost, and few of them are kept', () => {
    const cache = watching();
    for (let pid = 1; pid <= 20_000; pid += 1) {
      cache.apply(evictions({ pid, generation: 0 }, 2));
      cache.apply(refaults({ pid, generation: 0 }, 1));
    }
    cache.apply(refaults(GREP, 5000));
    const view = cache.view();
    expect(view).toMatchObject({ evictedPages: 40_000, majorFaults: 25_000 });
    expect(view?.evictors.map(({ actor }) => actor.pid)).toContain(4711);
    expect(view?.evictors.length).toBeLessThanOrEqual(50);
  });
});

describe('sampling', () => {
  test('causes add up to all faults of the file, in the proportion of the sample', () => {
    const cache = watching();
    cache.apply({ kind: 'page-sampling', atNs: 0n, level: 2, forgotten: 3 });
    cache.apply(refaults(GREP, 75));
    cache.apply(faults('first-touch', 25));
    cache.apply(faults('not-sampled', 301));
    const view = cache.view();
    expect(view?.causes.map(({ cause, majorFaults }) => [cause, majorFaults])).toEqual([
      ['refault', 301],
      ['first-touch', 100],
    ]);
    expect(view).toMatchObject({ majorFaults: 401, sampledFaults: 100, sampling: { oneIn: 4, forgotten: 3 } });
    expect(view?.evictors[0]?.meanAgeNs).toBe(SECOND);
  });

  test('a swap-in stays what it is', () => {
    const cache = watching();
    const swap = { device: 0, inode: 0n };
    cache.apply(faults('swap-in', 7, swap));
    cache.apply(faults('not-sampled', 30, swap));
    expect(cache.view()?.causes).toMatchObject([
      { cause: 'unknown', majorFaults: 30, confidence: 'low' },
      { cause: 'swap-in', majorFaults: 7, confidence: 'high' },
    ]);
  });

  test('whatever was sampled, counts and times of the causes add up to what was counted', () => {
    const causes = [
      'first-touch',
      'refault',
      'under-way',
      'own-readahead',
      'swap-in',
      'unknown',
      'not-sampled',
    ] as const;
    const cells = fc.array(
      fc.record({
        cause: fc.constantFrom(...causes),
        count: fc.integer({ min: 1, max: 1e6 }),
        inode: fc.bigInt(1n, 4n),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(cells, (all) => {
        const cache = watching();
        const latest = new Map<string, FaultCauseRecord>();
        for (const { cause, count, inode } of all) {
          const record = faults(cause, count + (latest.get(`${cause}${inode}`)?.count ?? 0), { inode });
          latest.set(`${cause}${inode}`, record);
          cache.apply(record);
        }
        const counted = [...latest.values()].reduce((sum, { count }) => sum + count, 0);
        const view = cache.view();
        expect(view?.majorFaults).toBe(counted);
        expect(view?.faultWaitNs).toBe(counted * MS);
        expect(view?.causes.reduce((sum, { majorFaults }) => sum + majorFaults, 0)).toBe(counted);
      }),
    );
  });
});

describe('how sure a first touch is', () => {
  const confidence = (cache: ReturnType<typeof watching>): string | undefined =>
    cache.causesOf(FILE.device, FILE.inode)?.find(({ cause }) => cause === 'first-touch')?.confidence;

  test('a launched target watched from its first instruction on has true first touches', () => {
    const cache = watching(true, 'starting');
    cache.apply(faults('first-touch', 10));
    expect(confidence(cache)).toBe('high');
    expect(cache.view()?.fromTheBegin).toBe(true);
  });

  test('one that was launched and is watched only later, or again, may have had its pages evicted meanwhile', () => {
    const later = watching(true, 'stopped');
    later.apply(faults('first-touch', 10));
    expect(confidence(later)).toBe('low');
    const again = watching(true, 'starting');
    again.applyState(probe('stopped', 2));
    again.applyState(probe('running', 3));
    again.apply(faults('first-touch', 10));
    expect(confidence(again)).toBe('low');
  });

  test('watched for ten times the age at which pages come back, most that were evicted before have been seen', () => {
    const cache = watching();
    cache.apply(faults('first-touch', 10));
    cache.apply(refaults(GREP, 10));
    cache.tick(1, at(5));
    expect(confidence(cache)).toBe('low');
    cache.tick(7, at(12));
    expect(confidence(cache)).toBe('medium');
  });

  test('without any eviction of the file it takes a minute', () => {
    const cache = watching();
    cache.apply(faults('first-touch', 10));
    cache.tick(30, at(31));
    expect(confidence(cache)).toBe('low');
    cache.tick(31, at(62));
    expect(confidence(cache)).toBe('medium');
  });

  test('where evictions had to be forgotten each may be one of them', () => {
    const cache = watching(true, 'starting');
    cache.apply(faults('first-touch', 10));
    cache.apply({ kind: 'page-sampling', atNs: 0n, level: 0, forgotten: 5 });
    expect(confidence(cache)).toBe('low');
  });

  test('a refault was seen, and so was a read that was under way', () => {
    const cache = watching();
    cache.apply(refaults(GREP, 1));
    cache.apply(faults('under-way', 2));
    expect(cache.causesOf(FILE.device, FILE.inode)).toMatchObject([
      { cause: 'under-way', confidence: 'high' },
      { cause: 'refault', confidence: 'high' },
    ]);
  });

  test('a file without faults has no causes, and before the set ran nothing is known', () => {
    expect(watching().causesOf(1, 2n)).toEqual([]);
  });
});

describe("kswapd's suspects", () => {
  const MIB = 2 ** 20;
  const BYSTANDER = { pid: 77, generation: 0 };

  test('refaults are laid to who filled memory around the eviction, by shares; a small filler is not named', () => {
    const cache = watching();
    for (let second = 1; second <= 60; second += 1) {
      // GREP fills up to second 30, OTHER from then on; the bystander always a little.
      cache.apply(fill(GREP, second, Math.min(second, 30) * 100 * MIB));
      cache.apply(fill(OTHER, second, Math.max(0, second - 30) * 300 * MIB));
      cache.apply(fill(TARGET, second, second * 10 * MIB));
      cache.apply(fill(BYSTANDER, second, second * MIB));
    }
    cache.apply(evictions(KSWAPD, 5000, 'kswapd'));
    cache.apply(refaults(KSWAPD, 900, 'kswapd', 15));
    cache.tick(1, at(60));
    const view = cache.view();
    expect(view?.kswapdRefaults).toBe(900);
    expect(view?.suspects.map(({ actor }) => actor.pid)).toEqual([GREP.pid, TARGET.pid]);
    expect(view?.suspects[0]?.share).toBeCloseTo(100 / 111, 2);
    expect(view?.suspects[0]?.refaults).toBeCloseTo((900 * 100) / 111, -1);
    expect(view?.suspects[1]?.actor.isTarget).toBe(true);
    expect(view?.causes[0]?.evictors).toEqual([]);
  });

  test('who filled long before or after the eviction is not under suspicion', () => {
    const cache = watching();
    for (let second = 1; second <= 40; second += 1) {
      cache.apply(fill(GREP, second, Math.min(second, 10) * 100 * MIB));
      cache.apply(fill(OTHER, second, Math.max(0, second - 20) * 100 * MIB));
    }
    cache.apply(refaults(KSWAPD, 100, 'kswapd', 30));
    expect(cache.view()?.suspects.map(({ actor }) => actor.pid)).toEqual([OTHER.pid]);
  });

  test('the readings of one scan are one, however many processes it looks at in between', () => {
    const cache = watching();
    cache.apply({ ...fill(GREP, 10, MIB), source: 'anonymous' });
    for (const [index, actor] of [GREP, OTHER, BYSTANDER].entries()) {
      cache.apply({ ...fill(actor, 14 + index / 100, (index === 0 ? 101 : 100) * MIB), source: 'anonymous' });
    }
    // All three grew by as much in the four seconds from 10 to 14.
    cache.apply(refaults(KSWAPD, 300, 'kswapd', 10.5));
    for (const { share } of cache.view()?.suspects ?? []) expect(share).toBeCloseTo(1 / 3, 1);
    expect(cache.view()?.suspects.length).toBe(3);
  });

  test('a refault that comes before the readings around its eviction is laid to them once they are in', () => {
    const cache = watching();
    cache.apply(refaults(KSWAPD, 100, 'kswapd', 5));
    expect(cache.view()?.suspects).toEqual([]);
    cache.apply(fill(GREP, 5.5, 100 * MIB));
    cache.tick(1, at(6));
    expect(cache.view()?.suspects).toMatchObject([{ actor: { pid: GREP.pid }, share: 1, refaults: 100 }]);
    for (let second = 7; second < 40; second += 1) cache.tick(1, at(second));
    expect(cache.view()?.suspects).toMatchObject([{ actor: { pid: GREP.pid }, share: 1 }]);
  });

  test('where nothing is known of that time nobody is', () => {
    const cache = watching();
    cache.apply(refaults(KSWAPD, 100, 'kswapd'));
    cache.apply(fill(GREP, 5, 100 * MIB));
    expect(cache.view()).toMatchObject({ kswapdRefaults: 100, suspects: [] });
  });
});

test('a cause that rests for hours, while kswapd evicts in ever new seconds, is not counted again', () => {
  const cache = watching();
  cache.apply(faults('first-touch', 500));
  const seconds = 2 ** 17 + 1;
  for (let second = 0; second < seconds; second += 1) cache.apply(refaults(KSWAPD, 1, 'kswapd', second));
  cache.apply(faults('first-touch', 501));
  expect(cache.view()?.majorFaults).toBe(501 + seconds);
});

test('a filler that was forgotten where it comes from counts anew', () => {
  const cache = watching();
  for (const bytes of [100, 150, 30, 40]) cache.apply(fill(GREP, 2, bytes));
  cache.tick(1, at(2));
  expect(cache.view()?.filledBytes).toBe(190);
});

test('fillers are ordered by bytes, with their rate of late', () => {
  const cache = watching();
  cache.apply(fill(GREP, 2, 100));
  cache.apply(fill(OTHER, 2, 300));
  cache.apply({ ...fill(OTHER, 2, 50), source: 'anonymous' });
  cache.tick(2, at(3));
  expect(cache.view()).toMatchObject({
    filledBytes: 450,
    fillers: [
      { actor: { pid: 9 }, pageCacheBytes: 300, anonymousBytes: 50, rateBytesPerSecond: 175 },
      { actor: { pid: 4711 }, pageCacheBytes: 100, anonymousBytes: 0, rateBytesPerSecond: 50 },
    ],
  });
  for (let second = 4; second < 12; second += 1) cache.tick(1, at(second));
  expect(cache.view()?.fillers[0]?.rateBytesPerSecond).toBe(0);
});

test('pages that are missing on average are refaults times the time they were gone', () => {
  const cache = watching();
  cache.apply(refaults(GREP, 500));
  cache.tick(10, at(11));
  // 500 pages gone for a second each, in ten seconds.
  expect(cache.view()?.missingPages).toBeCloseTo(50, 6);
});
