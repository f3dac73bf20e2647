import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apportion } from '../../../src/model/apportion.js';

const anyShares = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 30 });

test('the parts are whole, add up to the total, and none is off by one or more', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), anyShares, (total, shares) => {
      const parts = apportion(total, shares);
      expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
      expect(parts.every((part) => Number.isInteger(part) && part >= 0)).toBe(true);
      const sum = shares.reduce((a, b) => a + b, 0);
      if (sum === 0) return;
      for (const [index, part] of parts.entries()) {
        expect(Math.abs(part - (total * (shares[index] ?? 0)) / sum)).toBeLessThan(1.01);
      }
    }),
  );
});

test('what nobody has a share of goes to the last', () => {
  expect(apportion(7, [0, 0, 0])).toEqual([0, 0, 7]);
});
