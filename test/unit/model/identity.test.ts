import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Trace } from '../../../src/model/trace.js';
import { type Step, WatchedThread } from './kernel-script.js';
import { code, FAULT, FUTEX_WAIT, first, INTERRUPTIBLE, traceOf, UNINTERRUPTIBLE } from './records.js';

/**
 * The promise of the whole tool: on-CPU + run queue + waits = the time a thread lived. Held against a thread that does
 * random things, read at random moments.
 */
const ns = fc.oneof(fc.nat({ max: 5000 }), fc.nat({ max: 3_000_000_000 }));
const waitCode = fc.constantFrom(
  FUTEX_WAIT,
  FAULT,
  code(INTERRUPTIBLE, 230),
  code(INTERRUPTIBLE, 281),
  code(UNINTERRUPTIBLE, 17),
  code(INTERRUPTIBLE, 16),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('run' as const), ns }),
  fc.record({ does: fc.constant('queue' as const), ns }),
  fc.record({ does: fc.constant('wait' as const), ns, code: waitCode }),
);
const life = fc.array(fc.record({ step, read: fc.boolean() }), { minLength: 1, maxLength: 40 });

function expectIdentity(trace: Trace): void {
  for (const { residueNs, lifetimeNs, onCpuNs, runQueueNs, waits } of trace.snapshot().threads) {
    const waited = waits.reduce((sum, { totalNs }) => sum + totalNs, 0);
    expect(onCpuNs + runQueueNs + waited).toBe(lifetimeNs);
    expect(residueNs).toBe(0);
  }
}

test('a thread seen from its birth: at every reading its time is accounted for to the nanosecond, as it was spent', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const watched = new WatchedThread({ born: true, atNs: 5n });
      const trace = traceOf();
      for (const { step, read } of steps) {
        watched.step(step, () => {
          if (!read) return;
          for (const record of watched.dump({ sample: true })) trace.apply(record);
          expectIdentity(trace);
        });
      }
      for (const record of watched.exit()) trace.apply(record);
      const thread = first(trace.snapshot().threads);
      const { onCpuNs, runQueueNs, blockedNs } = watched.truth;
      expect(thread).toMatchObject({ residueNs: 0, onCpuNs, runQueueNs, alive: false });
      expect(thread.waits.reduce((sum, { totalNs }) => sum + totalNs, 0)).toBe(blockedNs);
      expect(thread.waits.some(({ open }) => open)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('a thread that lived before: from its first reading on its time is accounted for to the nanosecond', () => {
  fc.assert(
    fc.property(life, life, (before, after) => {
      const watched = new WatchedThread({ born: false, atNs: 0n });
      for (const { step } of before) watched.step(step, () => {});
      const trace = traceOf();
      for (const [index, { step, read }] of after.entries()) {
        watched.step(step, () => {
          if (index === 0) watched.attach();
          if (!read && index > 0) return;
          for (const record of watched.dump({ sample: true })) trace.apply(record);
          expectIdentity(trace);
        });
      }
      for (const record of watched.exit()) trace.apply(record);
      expectIdentity(trace);
    }),
    { numRuns: 500 },
  );
});

test('the longest wait of each kind is exact once it is over', () => {
  fc.assert(
    fc.property(fc.array(ns, { minLength: 1, maxLength: 20 }), (waits) => {
      const watched = new WatchedThread({ born: true, atNs: 0n });
      for (const length of waits) {
        watched.step({ does: 'wait', ns: length, code: FUTEX_WAIT }, () => {});
        watched.step({ does: 'run', ns: 10 }, () => {});
      }
      const [row] = traceOf(...watched.exit()).snapshot().threads[0]?.waits ?? [];
      expect(row).toMatchObject({ count: waits.length, maxNs: Math.max(...waits) });
    }),
  );
});
