import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapKeysFor, ticks } from '../../../src/session/threads-set.js';

test('the interval is told to the script in tenths of a second, at least one', () => {
  expect([100, 500, 1000, 60_000].map(ticks)).toEqual([1, 5, 10, 600]);
  expect([0, 1, 149].map(ticks)).toEqual([1, 1, 1]);
});

test('kernel maps grow with the number of threads, in powers of two, between two bounds', () => {
  fc.assert(
    fc.property(fc.nat({ max: 200_000 }), fc.nat({ max: 200_000 }), (some, more) => {
      const keys = mapKeysFor(some);
      expect(Number.isInteger(Math.log2(keys))).toBe(true);
      expect(keys).toBeGreaterThanOrEqual(mapKeysFor(0));
      expect(keys).toBeLessThanOrEqual(2 ** 20);
      expect(mapKeysFor(some + more)).toBeGreaterThanOrEqual(keys);
    }),
  );
});

test('a process without a thread to be counted yet still gets maps', () => {
  expect(mapKeysFor(0)).toBeGreaterThanOrEqual(4096);
});
