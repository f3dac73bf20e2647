import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketOf } from '../../../src/model/histogram.js';
import { Requests } from '../../../src/model/requests.js';
import type { RequestCellRecord, RequestRecord, StallRecord } from '../../../src/record/record.js';

const MS = 1_000_000;

/** `count` requests of that length, one cell. */
function cell(ns: number, count: number, maxNs = ns): RequestCellRecord {
  return { kind: 'request-cell', bucket: bucketOf(ns), count, totalNs: ns * count, maxNs };
}

/** In milliseconds: answered at `at`, after `took`. */
function request(at: number, took: number, weight = 1): RequestRecord {
  return { kind: 'request', atNs: BigInt(at * MS), durationNs: took * MS, weight };
}

/** In milliseconds. */
function stall(start: number, length: number): StallRecord {
  return {
    kind: 'stall',
    startNs: BigInt(start * MS),
    durationNs: length * MS,
    level: 2,
    capacity: 2,
    number: null,
  };
}

function running(): Requests {
  const requests = new Requests();
  requests.applyState(true);
  return requests;
}

describe('counts', () => {
  test('there is nothing to show before the set has run, and nothing of a span in which it did not', () => {
    const requests = new Requests();
    expect(requests.view(1)).toBeNull();
    expect(requests.tick(1, 1)).toBeNull();
    requests.applyState(true);
    expect(requests.view(1)).toMatchObject({ count: 0, rateHz: 0, histogram: [] });
    expect(requests.tick(1, 1)?.count).toBe(0);
    requests.applyState(false);
    expect(requests.tick(1, 1)).toBeNull();
    expect(requests.view(1)).not.toBeNull();
  });

  test('cells are cumulative: a span has what came since the one before', () => {
    const requests = running();
    requests.applyCell(cell(5 * MS, 10));
    expect(requests.tick(2, null)?.count).toBe(10);
    expect(requests.view(null)?.rateHz).toBe(5);
    requests.applyCell(cell(5 * MS, 14));
    requests.applyCell(cell(90 * MS, 1));
    const span = requests.tick(1, null)?.distribution();
    expect(span?.count).toBe(5);
    expect(span?.maxNs).toBe(90 * MS);
    const view = requests.view(null);
    expect(view).toMatchObject({ count: 15, rateHz: 5 });
    expect(view?.latency.maxNs).toBe(90 * MS);
    expect(Math.abs((view?.latency.p50Ns ?? 0) / (5 * MS) - 1)).toBeLessThan(0.125);
  });

  test('what the script counted before it was started anew stays, and nothing is counted twice', () => {
    const requests = running();
    requests.applyCell(cell(5 * MS, 10));
    requests.applyState(false);
    requests.applyState(true);
    requests.applyCell(cell(5 * MS, 3));
    requests.applyCell(cell(5 * MS, 4));
    expect(requests.view(null)?.count).toBe(14);
  });

  test('times that are alike are told exactly, not as the middle of their bucket', () => {
    const requests = running();
    requests.applyCell(cell(20_100_000, 1000, 20_400_000));
    requests.tick(1, null);
    requests.applyCell({ ...cell(20_100_000, 1100, 20_400_000), totalNs: 20_100_000 * 1000 + 20_200_000 * 100 });
    expect(requests.tick(1, null)?.distribution()).toMatchObject({ p50Ns: 20_200_000, p99Ns: 20_200_000 });
    expect(requests.view(null)?.latency).toMatchObject({ p50Ns: 20_109_090, maxNs: 20_400_000 });
  });

  test("a span's maximum is not the one of an earlier span", () => {
    const requests = running();
    const [short, long] = [102 * MS, 115 * MS];
    expect(bucketOf(short)).toBe(bucketOf(long));
    requests.applyCell(cell(short, 1, long));
    expect(requests.tick(1, null)?.distribution().maxNs).toBe(long);
    requests.applyCell(cell(short, 2, long));
    expect(requests.tick(1, null)?.distribution().maxNs).toBeLessThan(long);
  });
});

describe('requests and full stalls', () => {
  const shares = (requests: Requests) => requests.view(2)?.byStall;

  test('without a capacity there are no full stalls to compare by', () => {
    const requests = running();
    requests.applyRequest(request(10, 5));
    requests.finish(null);
    expect(requests.view(null)?.byStall).toBeNull();
    expect(shares(requests)?.clear.count).toBe(0);
  });

  test('those that touch a stall are told from those that do not', () => {
    const requests = running();
    // Stalled from 100 to 120.
    for (const [at, took] of [
      [100, 10],
      [130, 10],
    ] as const)
      requests.applyRequest(request(at, took));
    for (const [at, took] of [
      [101, 10],
      [129, 10],
      [110, 5],
      [140, 60],
    ] as const)
      requests.applyRequest(request(at, took));
    requests.applyStall(stall(100, 20));
    requests.applyStall(stall(500, 20));
    requests.finish(2);
    expect(shares(requests)).toMatchObject({ clear: { count: 2, meanNs: 10 * MS }, overlapping: { count: 4 } });
  });

  test.each([0, 1])('a stall that is told %i ticks after the request is still seen', (ticks) => {
    const requests = running();
    requests.applyRequest(request(110, 20));
    for (let tick = 0; tick < ticks; tick++) requests.tick(1, 2);
    requests.applyStall(stall(100, 5));
    for (let tick = ticks; tick < 3; tick++) requests.tick(1, 2);
    expect(shares(requests)?.overlapping.count).toBe(1);
  });

  test('one that was sent for being long alone stands for nothing; weights are counts', () => {
    const requests = running();
    requests.applyStall(stall(100, 50));
    requests.applyRequest(request(120, 10, 30));
    requests.applyRequest(request(120, 40, 10));
    requests.applyRequest(request(121, 90, 0));
    requests.finish(2);
    const overlapping = shares(requests)?.overlapping;
    expect(overlapping).toMatchObject({ count: 40, meanNs: 17.5 * MS });
    expect(overlapping?.p99Ns).toBeGreaterThan(30 * MS);
    expect(overlapping?.p50Ns).toBeLessThan(12 * MS);
    expect(shares(requests)?.clear).toEqual({ count: 0, meanNs: null, p50Ns: null, p99Ns: null });
  });

  test('any order of stalls and requests gives what comparing each with each gives', () => {
    const gaps = fc.array(
      fc.record({ gap: fc.integer({ min: 1, max: 30 }), length: fc.integer({ min: 1, max: 30 }) }),
      {
        maxLength: 40,
      },
    );
    const asked = fc.array(fc.record({ at: fc.integer({ min: 50, max: 900 }), took: fc.integer({ min: 1, max: 49 }) }));
    fc.assert(
      fc.property(gaps, asked, fc.integer(), (spans, singles, seed) => {
        let end = 0;
        const stalls = spans.map(({ gap, length }) => {
          const start = end + gap;
          end = start + length;
          return { start, end };
        });
        const requests = running();
        const told = [
          ...stalls.map(
            ({ start, end }) =>
              () =>
                requests.applyStall(stall(start, end - start)),
          ),
          ...singles.map(
            ({ at, took }) =>
              () =>
                requests.applyRequest(request(at, took)),
          ),
        ];
        for (const tell of shuffled(told, seed)) tell();
        requests.finish(2);
        const overlapping = singles.filter(({ at, took }) => stalls.some((s) => s.start < at && s.end > at - took));
        expect(shares(requests)?.overlapping.count).toBe(overlapping.length);
        expect(shares(requests)?.clear.count).toBe(singles.length - overlapping.length);
      }),
    );
  });

  test('a day of stalls and requests is judged by the latest, in bounded memory', () => {
    const requests = running();
    for (let i = 0; i < 200_000; i++) requests.applyStall(stall(i * 10, 5));
    for (let i = 0; i < 60_000; i++) requests.applyRequest(request(1_999_000, 3));
    requests.finish(2);
    const judged = shares(requests);
    expect(judged?.overlapping.count).toBe(0);
    expect(judged?.clear.count).toBe(50_000);
    requests.applyRequest(request(1_999_004, 3));
    requests.finish(2);
    expect(shares(requests)?.overlapping.count).toBe(1);
  });
});

function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return items
    .map((item) => ({ item, order: next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
