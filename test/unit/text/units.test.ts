import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
} from '../../../src/text/units.js';

describe('formatDuration', () => {
  it.each([
    [0, '0ns'],
    [999, '999ns'],
    [999.5, '1.0us'],
    [1000, '1.0us'],
    [9949, '9.9us'],
    [9950, '10us'],
    [92_000, '92us'],
    [999_499, '999us'],
    [999_500, '1.0ms'],
    [18_150_000, '18.2ms'],
    [99_949_999, '99.9ms'],
    [99_950_000, '100ms'],
    [999_499_999, '999ms'],
    [999_500_000, '1.0s'],
    [1_300_000_000, '1.3s'],
    [59_949_999_999, '59.9s'],
    [59_950_000_000, '1m00s'],
    [252e9, '4m12s'],
    [3_599_400_000_000, '59m59s'],
    [3_599_500_000_000, '1h00m'],
    [7_500e9, '2h05m'],
    [86_400e9 * 3 + 3600e9 * 4, '3d04h'],
    [86_400e9 * 365, '365d'],
    [-1_200_000, '-1.2ms'],
  ])('writes %d ns as %s', (durationNs, expected) => {
    expect(formatDuration(durationNs)).toBe(expected);
  });

  it('writes the Greek letter where the terminal can show it', () => {
    expect(formatDuration(92_000, 'µs')).toBe('92µs');
  });

  it('fits six columns up to a century', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (durationNs) => {
        expect(formatDuration(durationNs).length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0k'],
    [8_600, '8.6k'],
    [36_900, '36.9k'],
    [99_949, '99.9k'],
    [99_950, '100k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [2 ** 53, '9.0P'],
  ])('writes %d as %s', (count, expected) => {
    expect(formatCount(count)).toBe(expected);
  });

  it('fits five columns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (count) => {
        expect(formatCount(count).length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('formatRate', () => {
  it.each([
    [0, '0'],
    [0.01, '<0.1'],
    [0.44, '0.4'],
    [9.94, '9.9'],
    [9.96, '10'],
    [8_600, '8.6k'],
  ])('writes %d a second as %s', (rateHz, expected) => {
    expect(formatRate(rateHz)).toBe(expected);
  });
});

describe('formatPercent', () => {
  it.each([
    [0, '0%'],
    [0.0001, '<1%'],
    [0.005, '1%'],
    [0.764, '76%'],
    [0.9949, '99%'],
    [0.9999, '>99%'],
    [1, '100%'],
    [4.12, '412%'],
  ])('writes %d as %s', (fraction, expected) => {
    expect(formatPercent(fraction)).toBe(expected);
  });
});

describe('formatClock', () => {
  it.each([
    [0, '00:00'],
    [42.9e9, '00:42'],
    [3723e9, '1:02:03'],
  ])('writes %d ns as %s', (sinceStartNs, expected) => {
    expect(formatClock(sinceStartNs)).toBe(expected);
  });
});

describe('formatBytes', () => {
  it.each([
    [640, '640B'],
    [1024, '1.0KiB'],
    [12.34 * 2 ** 20, '12.3MiB'],
    [512 * 2 ** 20, '512MiB'],
    [2 * 2 ** 30, '2.0GiB'],
  ])('writes %d as %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });
});

it('writes a dash for every figure that is not known', () => {
  for (const format of [formatDuration, formatCount, formatRate, formatPercent, formatBytes]) {
    expect(format(null)).toBe('-');
    expect(format(Number.NaN)).toBe('-');
  }
});
