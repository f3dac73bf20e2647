import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TIME_PARTS } from '../../../src/model/cause.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import {
  BEGIN,
  code,
  FAULT,
  FAULT_LATENCY,
  FUTEX_WAIT,
  fault,
  processReading,
  sample,
  switchOut,
  tick,
  traceOf,
  wait,
} from './records.js';

const at = fc.nat({ max: 4_000_000_000 }).map(BigInt);
const tid = fc.integer({ min: 41, max: 44 });
const small = fc.nat({ max: 2_000_000_000 });
const record: fc.Arbitrary<FaultscopeRecord> = fc.oneof(
  fc
    .tuple(at, tid, small, fc.constantFrom('R', 'S', 'D'))
    .map(([ns, tid, cpu, state]) => sample(ns, { tid, onCpuNs: BigInt(cpu), state })),
  fc
    .tuple(at, tid, small, fc.constantFrom('first', 'latest', 'last' as const))
    .map(([ns, tid, cpu, event]) =>
      switchOut(ns, { tid, onCpuNs: BigInt(cpu), event: event as 'first' | 'latest' | 'last' }),
    ),
  fc
    .tuple(
      tid,
      fc.constantFrom(FUTEX_WAIT, FAULT, FAULT_LATENCY, code(0, 0)),
      fc.nat({ max: 120 }),
      fc.nat({ max: 2 }),
      fc.nat({ max: 99 }),
    )
    .map(([tid, waitCode, bucket, epoch, count]) =>
      wait({ tid, code: waitCode, bucket, epoch, count, totalNs: count * 9, maxNs: 9 }),
    ),
  fc.tuple(at, tid, small).map(([ns, tid, latencyNs]) => fault(ns, { tid, latencyNs })),
  fc.tuple(at, fc.nat({ max: 1000 })).map(([ns, majorFaults]) => processReading(ns, { majorFaults })),
  fc.tuple(at, tid).map(([ns, tid]): FaultscopeRecord => ({ kind: 'gone', atNs: BEGIN + ns, tid, startTicks: 7 })),
  at.map((ns) => tick(ns)),
);
const records = fc.array(record, { maxLength: 60 });

test('the same records give the same snapshot', () => {
  fc.assert(
    fc.property(records, (all) => {
      expect(traceOf(...all).snapshot()).toEqual(traceOf(...all).snapshot());
    }),
  );
});

test('looking does not change what is seen, then or later', () => {
  fc.assert(
    fc.property(records, records, (some, more) => {
      const watched = traceOf(...some);
      expect(watched.snapshot()).toEqual(watched.snapshot());
      for (const each of more) {
        watched.apply(each);
        watched.snapshot();
      }
      expect(watched.snapshot()).toEqual(traceOf(...some, ...more).snapshot());
    }),
  );
});

test('a snapshot once taken stays as it is, whatever is recorded afterwards', () => {
  fc.assert(
    fc.property(records, records, (some, more) => {
      const trace = traceOf(...some);
      const snapshot = trace.snapshot();
      const copy = structuredClone(snapshot);
      for (const each of more) trace.apply(each);
      trace.snapshot();
      expect(snapshot).toEqual(copy);
    }),
  );
});

test('records are only read', () => {
  fc.assert(
    fc.property(records, (all) => {
      const copy = structuredClone(all);
      traceOf(...all).snapshot();
      expect(all).toEqual(copy);
    }),
  );
});

test('history adds up to the totals, from its first tick to its last', () => {
  fc.assert(
    fc.property(records, records, (before, after) => {
      const trace = traceOf(...before, tick(5_000_000_000n));
      const start = trace.snapshot();
      for (const each of [...after, tick(6_000_000_000n)]) trace.apply(each);
      const end = trace.snapshot();
      const since = end.history.filter(({ atNs }) => atNs > start.window.durationNs);
      expect(since.reduce((sum, { majorFaults }) => sum + majorFaults, 0)).toBe(
        end.totals.majorFaults - start.totals.majorFaults,
      );
      for (const part of TIME_PARTS) {
        expect(since.reduce((sum, { time }) => sum + time[part], 0)).toBe(
          end.totals.time[part] - start.totals.time[part],
        );
      }
    }),
  );
});

test('totals are the sums over the threads', () => {
  fc.assert(
    fc.property(records, (all) => {
      const { totals, threads } = traceOf(...all).snapshot();
      expect(totals.majorFaults).toBe(threads.reduce((sum, thread) => sum + thread.majorFaults, 0));
      expect(totals.threadsAlive + totals.threadsEnded).toBe(threads.length);
      for (const part of TIME_PARTS)
        expect(totals.time[part]).toBe(threads.reduce((sum, { time }) => sum + time[part], 0));
    }),
  );
});

test('ten thousand threads are a snapshot like any other, twice the same', () => {
  const trace = traceOf(
    ...Array.from({ length: 10_000 }, (_, index): FaultscopeRecord[] => [
      sample(0n, { tid: 1000 + index }),
      switchOut(100n, { tid: 1000 + index }),
      wait({ tid: 1000 + index, code: FAULT_LATENCY }),
      sample(900n, { tid: 1000 + index }),
    ]).flat(),
    tick(1000n),
    tick(2000n),
  );
  const snapshot = trace.snapshot();
  expect(snapshot.threads).toHaveLength(10_000);
  expect(snapshot.totals).toMatchObject({ majorFaults: 10_000, threadsAlive: 10_000 });
  expect(trace.snapshot()).toEqual(snapshot);
});
