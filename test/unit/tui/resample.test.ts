import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryPoint } from '../../../src/model/snapshot.js';
import { scaleTop } from '../../../src/text/scale.js';
import { chartWindowNs, recentSplit, timeSplits } from '../../../src/tui/resample.js';
import { faultRateHz, means } from '../../../src/tui/series.js';
import { NO_TIME } from '../../support/nothing-seen.js';
import { history } from '../../tui/screens/snapshot-builder.js';

const second = (atS: number, majorFaults: number, faultNs = 0): HistoryPoint => ({
  atNs: atS * 1e9,
  durationNs: 1e9,
  majorFaults,
  time: { ...NO_TIME, fault: faultNs },
  level: null,
  symptoms: null,
  requests: null,
});

const faultRates = (history: readonly HistoryPoint[], windowNs: number, slots: number) =>
  means(history, windowNs, slots, faultRateHz);

describe('fault rates over time', () => {
  it('are null before the session began, and nought where nothing faulted', () => {
    expect(faultRates([second(1, 10), second(2, 0)], 4e9, 4)).toEqual([null, null, 10, 0]);
  });

  it('are means where a slot holds several ticks', () => {
    expect(faultRates([second(1, 10), second(2, 20), second(3, 40), second(4, 0)], 4e9, 2)).toEqual([15, 20]);
  });

  it("stretch a tick over the slots it spans, at the tick's rate", () => {
    expect(faultRates([second(1, 10), second(2, 20)], 2e9, 4)).toEqual([10, 10, 20, 20]);
  });

  it('leave out what is older than the window', () => {
    expect(faultRates([second(1, 999), second(2, 1), second(3, 2)], 2e9, 2)).toEqual([1, 2]);
  });

  it('are all unknown without a history', () => {
    expect(faultRates([], 60e9, 3)).toEqual([null, null, null]);
  });

  it('keep a bar as it is once time has moved on by whole slots', () => {
    const points = history(40);
    const before = faultRates(points.slice(0, 36), 10e9, 10);
    const after = faultRates(points.slice(0, 38), 10e9, 10);
    expect(after.slice(0, 9)).toEqual(before.slice(1));
  });

  it('add up to the faults that were counted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(10_000), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 200 }),
        (counts, slots) => {
          const points = counts.map((count, index) => second(index + 1, count));
          const total = recentSplit(
            points.map((point) => ({ ...point, time: { ...NO_TIME, fault: point.majorFaults } })),
            61e9,
          );
          const splits = timeSplits(
            points.map((point) => ({ ...point, time: { ...NO_TIME, fault: point.majorFaults } })),
            120e9,
            slots,
          );
          const sum = splits.reduce((before, split) => before + (split?.fault ?? 0), 0);
          expect(sum).toBeCloseTo(total?.fault ?? 0, 3);
        },
      ),
    );
  });
});

describe('the span of a chart', () => {
  it('is no longer than it takes to show all there is, so that a young session is not a sliver', () => {
    expect(chartWindowNs(history(6), 200)).toBe(10e9);
    expect(chartWindowNs(history(21), 200)).toBe(30e9);
  });

  it('grows with the room and with the length of a tick, in fixed steps', () => {
    expect(chartWindowNs(history(85), 40)).toBe(30e9);
    expect(chartWindowNs(history(85), 100)).toBe(60e9);
    const seconds = (count: number) => Array.from({ length: count }, (_, index) => second(index + 1, 0));
    expect(chartWindowNs(seconds(150), 100)).toBe(120e9);
    expect(chartWindowNs([], 10)).toBe(10e9);
  });
});

it('scales end at 1, 2 or 5 times a power of ten', () => {
  expect([0, 0.3, 1, 1.1, 2, 3, 17_200, 50_000, 50_001].map(scaleTop)).toEqual([
    1, 1, 1, 2, 2, 5, 20_000, 50_000, 100_000,
  ]);
});
