import { expect, test } from 'vitest';
import { MemoryCgroup } from '../../../src/model/memory-cgroup.js';
import type { MemoryCgroupRecord } from '../../../src/record/memory-cgroup.js';

function reading(seconds: number, facts: Partial<MemoryCgroupRecord> = {}): MemoryCgroupRecord {
  return {
    kind: 'memory-cgroup',
    atNs: BigInt(seconds) * 1_000_000_000n,
    path: '/app',
    limitBytes: 1000,
    usageBytes: 900,
    fileBytes: 500,
    anonBytes: null,
    workingsetRefaultFile: 2n ** 60n,
    ...facts,
  };
}

test('nothing is known before the first reading', () => {
  expect(new MemoryCgroup().view()).toBeNull();
});

test('refaults are counted from the first reading on, however many there were before; fullness is averaged', () => {
  const cgroup = new MemoryCgroup();
  cgroup.apply(reading(1));
  cgroup.apply(reading(3, { usageBytes: 1000, workingsetRefaultFile: 2n ** 60n + 7n }));
  expect(cgroup.view()).toEqual({
    path: '/app',
    limitBytes: 1000,
    usageBytes: 1000,
    fileBytes: 500,
    anonBytes: null,
    meanFullness: 0.95,
    refaultedPages: 7,
    watchedNs: 2e9,
  });
});

test('another cgroup begins anew, and a kernel that does not tell refaults leaves them unknown', () => {
  const cgroup = new MemoryCgroup();
  cgroup.apply(reading(1));
  cgroup.apply(reading(2, { path: '/other', usageBytes: 100, workingsetRefaultFile: null }));
  expect(cgroup.view()).toMatchObject({ path: '/other', meanFullness: 0.1, refaultedPages: null, watchedNs: 0 });
});
