import { describe, expect, test } from 'vitest';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { AFTER_STALL_NS, StallWatch } from '../../../src/recording/stall-watch.js';
import { BEGIN, SECOND } from '../model/records.js';

const HALF_A_SECOND = 500e6;

const stall = (atNs: bigint, durationNs: number): FaultscopeRecord => ({
  ...{ kind: 'stall', startNs: BEGIN + atNs, durationNs, level: 2, capacity: 2, number: null },
});
const level = (level: number, totalNs: number, capacity = 2): FaultscopeRecord => ({
  ...{ kind: 'level', capacity, level, totalNs },
});
const tick = (atNs: bigint): FaultscopeRecord => ({ kind: 'tick', atNs: BEGIN + atNs });

function watched(records: readonly FaultscopeRecord[]): StallWatch {
  const watch = new StallWatch(HALF_A_SECOND);
  for (const record of records) watch.apply(record);
  return watch;
}

describe('waiting for a full stall of half a second', () => {
  test('one that was long enough is seen, the first of several', () => {
    const { seen } = watched([
      stall(1n, 499e6),
      stall(SECOND, HALF_A_SECOND),
      stall(3n * SECOND, 900e6),
      tick(4n * SECOND),
    ]);
    expect(seen).toEqual({ startNs: BEGIN + SECOND, durationNs: HALF_A_SECOND, hasEnded: true });
  });

  test('any number of shorter ones are none', () => {
    const records = Array.from({ length: 100 }, (_, index) => stall(BigInt(index) * SECOND, 499e6));
    expect(watched([...records, tick(100n * SECOND)]).seen).toBeNull();
  });

  test('what follows it is recorded for ten seconds, then it is over', () => {
    const watch = watched([stall(SECOND, HALF_A_SECOND), tick(2n * SECOND)]);
    expect(AFTER_STALL_NS).toBe(10n * SECOND);
    watch.apply(tick(12n * SECOND - 1n));
    expect(watch.isOver).toBe(false);
    watch.apply(tick(12n * SECOND));
    expect(watch.isOver).toBe(true);
  });

  test('without one it is never over', () => {
    expect(watched([tick(SECOND), tick(90n * SECOND)]).isOver).toBe(false);
  });
});

describe('a full stall that has no end', () => {
  test('is seen when the level was full for that long without a break', () => {
    const watch = watched([level(0, 1e9), tick(SECOND), level(2, 0.3e9), level(0, 1.7e9), tick(2n * SECOND)]);
    watch.apply(level(2, 0.7e9));
    watch.apply(tick(2_400_000_000n));
    expect(watch.seen).toBeNull();
    watch.apply(level(2, 0.9e9));
    watch.apply(tick(2_600_000_000n));
    expect(watch.seen).toEqual({ startNs: BEGIN + 2n * SECOND, durationNs: 600e6, hasEnded: false });
  });

  test('is not taken from spans with a break between them', () => {
    const watch = watched([level(2, 0.4e9), tick(SECOND), level(2, 0.8e9), level(1, 1e6), tick(2n * SECOND)]);
    watch.apply(level(2, 1.2e9));
    watch.apply(tick(3n * SECOND));
    expect(watch.seen).toBeNull();
  });

  test('is not seen where no capacity is known', () => {
    expect(watched([level(9, 5e9, 0), tick(5n * SECOND)]).seen).toBeNull();
  });

  test('a tick without a reading neither makes it longer nor breaks it', () => {
    const watch = watched([level(2, 0.4e9), tick(SECOND), tick(2n * SECOND)]);
    expect(watch.seen).toBeNull();
    watch.apply(level(2, 0.8e9));
    watch.apply(tick(3n * SECOND));
    expect(watch.seen?.durationNs).toBe(800e6);
  });

  test('has its true length once it is over', () => {
    const watch = watched([level(2, 1e9), tick(SECOND), stall(-1_000_000n, 3.2e9), tick(5n * SECOND)]);
    expect(watch.seen).toEqual({ startNs: BEGIN - 1_000_000n, durationNs: 3.2e9, hasEnded: true });
    expect(watched([level(2, 1e9), tick(SECOND), stall(3n * SECOND, 3.2e9)]).seen?.hasEnded).toBe(false);
  });
});
