import { expect, it } from 'vitest';
import type { FaultscopeRecord, StallRecord } from '../../../src/record/record.js';
import { Timeline } from '../../../src/replay/timeline.js';
import { BEGIN, SECOND, tick } from '../model/records.js';

/** `startS` counts from the session record. */
function stall(startS: number, durationS: number): StallRecord {
  const startNs = BEGIN + BigInt(startS * 1e9);
  return { kind: 'stall', startNs, durationNs: durationS * 1e9, level: 2, capacity: 2, number: null };
}

function learn(known: Timeline, records: readonly FaultscopeRecord[]): void {
  known.learn(records);
  known.endMoment(known.endOf(records, known.endNs(known.length)));
}

/** A moment a second, each with its full stalls. */
function timeline(moments: readonly (readonly FaultscopeRecord[])[], toldWholeNs: number | null = null): Timeline {
  const result = new Timeline(BEGIN, toldWholeNs);
  for (const [index, records] of moments.entries()) learn(result, [...records, tick(SECOND * BigInt(index + 1))]);
  return result;
}

it('marks full stalls where they were: a long one also in the moments before it was told', () => {
  const shares = timeline([[], [stall(1.25, 0.5)], [], [], [stall(2.5, 2.25)]]).stallShares(5);
  expect(shares).toEqual([0, 0.5, 0.5, 1, 0.75]);
});

it('divides what is marked among cells longer and shorter than a moment', () => {
  const known = timeline([[], [stall(1, 1)], [], []]);
  expect(known.stallShares(2)).toEqual([0.5, 0]);
  expect(known.stallShares(8)).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
});

it('tells what has not been read yet from what had no full stall', () => {
  expect(timeline([[], [stall(1, 1)]], 4e9).stallShares(4)).toEqual([0, 1, null, null]);
  expect(timeline([]).stallShares(3)).toEqual([null, null, null]);
});

it('never marks more than there is time, whatever a recording claims', () => {
  const shares = timeline([
    [stall(-5, 1e9), stall(0, 1), stall(0, 1)],
    [stall(0.5, 0.1), stall(7, 3)],
    [stall(1.5, 0)],
  ]).stallShares(3);
  expect(shares).toEqual([1, 0, 0]);
});

it('does not go back where the stamps of a recording do', () => {
  const known = new Timeline(BEGIN, null);
  for (const seconds of [2n, 1n, 3n]) learn(known, [tick(SECOND * seconds)]);
  expect([1, 2, 3].map((count) => known.endNs(count))).toEqual([2e9, 2e9, 3e9]);
  expect([0, 1e9, 2e9, 2.5e9, 9e9].map((atNs) => known.countAt(atNs))).toEqual([0, 0, 2, 2, 3]);
});
