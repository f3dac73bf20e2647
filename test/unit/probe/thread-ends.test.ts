import { expect, test } from 'vitest';
import { ThreadEnds } from '../../../src/probe/thread-ends.js';
import type { SwitchRecord } from '../../../src/record/record.js';

function ended(tid: number, atNs: bigint): SwitchRecord {
  const clocks = { atNs, onCpuNs: 1n, runQueueNs: 1n, blockedBaseNs: 0n };
  return { kind: 'switch', event: 'last', tid, generation: 7, ...clocks, code: 0, born: true, majorFaults: 0 };
}

test('an end that a line tells again is not new, a later one of the same name is', () => {
  const ends = new ThreadEnds();
  expect([ends.isNew(ended(41, 5n)), ends.isNew(ended(41, 5n)), ends.isNew(ended(41, 9n))]).toEqual([
    true,
    false,
    true,
  ]);
});

test('who begins after the end of another thread of its name is another, who began before is not', () => {
  const ends = new ThreadEnds();
  ends.isNew(ended(41, 5n));
  expect(ends.isAnother(ended(41, 4n))).toBe(false);
  expect(ends.isAnother(ended(41, 6n))).toBe(true);
  expect(ends.isAnother(ended(42, 6n))).toBe(false);
});

test('ends that lines told are forgotten after some minutes, so that a day of them takes no memory', () => {
  const ends = new ThreadEnds();
  const minute = 60_000_000_000n;
  ends.isNew(ended(41, minute));
  ends.isNew(ended(42, 5n * minute));
  ends.isNew(ended(41, 6n * minute));
  ends.forgetOld(10n * minute);
  expect(ends.isNew(ended(42, 5n * minute)), 'forgotten').toBe(true);
  expect(ends.isNew(ended(41, 6n * minute)), 'kept').toBe(false);
});
