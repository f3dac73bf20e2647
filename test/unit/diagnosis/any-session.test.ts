import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import { anySnapshot, emptySnapshot, fullSnapshot } from '../export/snapshots.js';
import { stalls } from './sessions.js';

const BROKEN = /NaN|Infinity|undefined|\bnull\b/;

function expectSound(snapshot: Parameters<typeof diagnose>[0]): void {
  const { findings, allClear, whatIf } = diagnose(snapshot);
  expect(findings.length === 0).toBe(allClear !== null);
  const ours = findings.flatMap(({ title, evidence, remedies }) => [title, ...evidence, ...remedies]);
  const words = [...ours, allClear ?? '', ...(whatIf?.assumptions ?? [])];
  // Names from outside may say anything: their sentences are the ones with a path, a process or a start function.
  for (const word of words)
    if (!/mapped file|pages of|started as|^Read |pid|cgroup|evicted/.test(word)) expect(word).not.toMatch(BROKEN);
  for (const { fullStallFraction, lostParallelism } of whatIf?.capacities ?? []) {
    for (const { low, high } of [fullStallFraction, lostParallelism]) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeGreaterThanOrEqual(low);
      expect(high).toBeLessThanOrEqual(1 + 1e-9);
    }
  }
}

it('a session that has just begun, and one of which all is known, are diagnosed', () => {
  expectSound(emptySnapshot());
  expectSound(fullSnapshot());
});

it('whatever a session says, the diagnosis is either findings or all clear, in whole sentences and sound figures', () => {
  fc.assert(fc.property(anySnapshot, expectSound), { numRuns: 200 });
});

it('whatever the level did, predictions are shares of the time, in order', () => {
  const anyLevels = fc
    .record({
      capacity: fc.integer({ min: 1, max: 12 }),
      weights: fc.array(fc.oneof(fc.constant(0), fc.nat(1000)), { minLength: 1, maxLength: 16 }),
      faults: fc.integer({ min: 100, max: 1e7 }),
      cpus: fc.integer({ min: 1, max: 8 }),
    })
    .map(({ capacity, weights, faults, cpus }) => {
      const sum = weights.reduce((total, weight) => total + weight, 0);
      const shares = weights.map((weight, level) => (sum === 0 ? Number(level === 0) : weight / sum));
      const blank = emptySnapshot();
      return {
        ...blank,
        host: { ...blank.host, cpus },
        window: { ...blank.window, durationNs: 1e10 },
        totals: { ...blank.totals, majorFaults: faults, time: { ...blank.totals.time, onCpu: 1e10 } },
        stalls: stalls(capacity, 10, shares),
      };
    });
  fc.assert(fc.property(anyLevels, expectSound), { numRuns: 100 });
});
