import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketRange, Histogram } from '../../../src/model/histogram.js';
import { bucketOf } from './records.js';

/** Lengths of every size up to a day. */
const ns = fc.oneof(
  fc.nat({ max: 64 }),
  fc.maxSafeNat().map((n) => n % 86_400_000_000_000),
  fc.nat({ max: 1_000_000 }),
);

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(bucketOf(value), 1, value);
  return histogram;
}

test('buckets tile the axis: each begins where the one before ends', () => {
  let end = 0;
  for (let bucket = 0; bucket < 180; bucket++) {
    // 4 to 7 are no buckets of the script's: lengths 2 and 3 fall into 2 and 3, and 4 into 8.
    if (bucket >= 4 && bucket < 8) continue;
    const { fromNs, toNs } = bucketRange(bucket);
    expect(fromNs).toBe(end);
    expect(toNs).toBeGreaterThan(fromNs);
    end = toNs;
  }
});

test('every length lies in the range of its bucket', () => {
  fc.assert(
    fc.property(ns, (value) => {
      const { fromNs, toNs } = bucketRange(bucketOf(value));
      expect(value).toBeGreaterThanOrEqual(fromNs);
      expect(value).toBeLessThan(toNs);
    }),
  );
});

test('every percentile is within 12.5 % of the true one, and the maximum is exact', () => {
  fc.assert(
    fc.property(fc.array(ns, { minLength: 1, maxLength: 300 }), (values) => {
      const sorted = [...values].sort((a, b) => a - b);
      const { p50Ns, p90Ns, p99Ns, maxNs, count } = histogramOf(values).distribution();
      expect(count).toBe(values.length);
      expect(maxNs).toBe(sorted.at(-1));
      for (const [q, estimate] of [
        [0.5, p50Ns],
        [0.9, p90Ns],
        [0.99, p99Ns],
      ] as const) {
        const exact = sorted[Math.ceil(q * sorted.length) - 1] ?? -1;
        expect(Math.abs((estimate ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.125);
      }
    }),
  );
});

test('percentiles never fall as their rank rises, nor exceed the maximum', () => {
  fc.assert(
    fc.property(fc.array(ns, { minLength: 1, maxLength: 100 }), (values) => {
      const { p50Ns, p90Ns, p99Ns, maxNs } = histogramOf(values).distribution();
      const ranked = [p50Ns ?? -1, p90Ns ?? -1, p99Ns ?? -1, maxNs ?? -1];
      expect(ranked).toEqual([...ranked].sort((a, b) => a - b));
    }),
  );
});

test('cells come in order, without empty ones, and hold every value', () => {
  fc.assert(
    fc.property(fc.array(ns, { maxLength: 100 }), (values) => {
      const cells = histogramOf(values).cells();
      expect(cells.reduce((sum, cell) => sum + cell.count, 0)).toBe(values.length);
      for (const { fromNs, toNs, count } of cells) {
        expect(count).toBe(values.filter((value) => value >= fromNs && value < toNs).length);
      }
      expect(cells.map(({ fromNs }) => fromNs)).toEqual(cells.map(({ fromNs }) => fromNs).sort((a, b) => a - b));
    }),
  );
});

test('two histograms added give the histogram of both', () => {
  fc.assert(
    fc.property(fc.array(ns), fc.array(ns), (some, others) => {
      const sum = histogramOf(some);
      sum.addAll(histogramOf(others));
      expect(sum.distribution()).toEqual(histogramOf([...some, ...others]).distribution());
      expect(sum.cells()).toEqual(histogramOf([...some, ...others]).cells());
    }),
  );
});

test('where nothing was measured there is no figure, not nought', () => {
  expect(new Histogram().distribution()).toEqual({ count: 0, p50Ns: null, p90Ns: null, p99Ns: null, maxNs: null });
});
