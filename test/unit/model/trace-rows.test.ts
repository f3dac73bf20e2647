import { expect, test } from 'vitest';
import type { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import {
  BEGIN,
  FAULT,
  FAULT_LATENCY,
  FUTEX_WAIT,
  ref,
  SECOND,
  sample,
  switchOut,
  thread,
  tick,
  traceOf,
  wait,
} from './records.js';

const LIMIT = 5000;

/** One thread's short life: born, one fault, one wait, its end. */
function life(index: number): FaultscopeRecord[] {
  const who = { tid: 100 + index, generation: 9 };
  const born = BigInt(index) * 1000n;
  return [
    wait({ ...who, code: FAULT, bucket: 30, totalNs: 300, maxNs: 300 }),
    wait({ ...who, code: FAULT_LATENCY, bucket: 30, totalNs: 300, maxNs: 300 }),
    wait({ ...who, code: FUTEX_WAIT, bucket: 31, totalNs: 400, maxNs: 400 }),
    switchOut(born + 1000n, {
      ...who,
      event: 'last',
      born: true,
      blockedBaseNs: BEGIN + born,
      onCpuNs: 200n,
      runQueueNs: 100n,
      code: 0,
      majorFaults: 1,
    }),
  ];
}

function ended(count: number): Trace {
  return traceOf(...Array.from({ length: count }, (_, index) => life(index)).flat(), tick(SECOND));
}

test('ended threads keep their rows, in order of appearance', () => {
  const { threads, totals } = ended(LIMIT).snapshot();
  expect(threads).toHaveLength(LIMIT);
  expect(threads[0]).toMatchObject({ tid: 100, alive: false, lifetimeNs: 1000, residueNs: 0 });
  expect(totals).toMatchObject({ threadsAlive: 0, threadsEnded: LIMIT });
});

test('beyond 5,000 the oldest lose their rows, and no total changes by it', () => {
  const { threads, totals, quality } = ended(LIMIT + 700).snapshot();
  expect(threads).toHaveLength(LIMIT);
  expect(threads[0]?.tid).toBe(800);
  expect(totals).toMatchObject({
    threadsEnded: LIMIT + 700,
    majorFaults: LIMIT + 700,
    faultWaitNs: (LIMIT + 700) * 300,
    time: {
      fault: (LIMIT + 700) * 300,
      lock: (LIMIT + 700) * 400,
      onCpu: (LIMIT + 700) * 200,
      runQueue: (LIMIT + 700) * 100,
    },
  });
  expect(quality.notes.map(({ text }) => text)).toEqual([
    '700 ended threads are no longer listed; the totals include them',
  ]);
});

test('a thread that has lost its row does not come back when /proc is found to have none', () => {
  const trace = ended(LIMIT + 700);
  trace.apply({ kind: 'gone', atNs: BEGIN + SECOND, tid: 100, startTicks: 9 });
  expect(trace.snapshot().totals.threadsEnded).toBe(LIMIT + 700);
  expect(trace.snapshot().threads).toHaveLength(LIMIT);
});

test('living threads never lose their rows', () => {
  const records = Array.from({ length: LIMIT + 700 }, (_, index) => sample(0n, { tid: 100 + index }));
  expect(traceOf(...records, tick(SECOND)).snapshot().threads).toHaveLength(LIMIT + 700);
});

test('a thread id used again is another thread', () => {
  const trace = traceOf(...life(0), switchOut(5000n, { event: 'first', tid: 100, generation: 10, born: true }));
  const { threads } = trace.snapshot();
  expect(threads.map(({ tid, alive }) => ({ tid, alive }))).toEqual([
    { tid: 100, alive: false },
    { tid: 100, alive: true },
  ]);
  expect(new Set(threads.map(({ id }) => id)).size).toBe(2);
});

test('the two rows of a thread id taken over by execve(2) are told apart also where the first was on the screen', () => {
  const trace = traceOf(sample(0n), switchOut(1000n, { event: 'last' }));
  trace.snapshot();
  trace.apply(switchOut(2000n, { event: 'first' }));
  expect(new Set(trace.snapshot().threads.map(({ id }) => id)).size).toBe(2);
});

test("a thread that takes over another's id by execve(2) gets a row of its own, the ended one keeps its figures", () => {
  const trace = traceOf(
    sample(0n),
    wait({ totalNs: 500, maxNs: 500 }),
    switchOut(1000n, { event: 'last', onCpuNs: 500n, code: 0 }),
    switchOut(2000n, { event: 'first', onCpuNs: 70n, blockedBaseNs: BEGIN + 1930n }),
    switchOut(3000n, { onCpuNs: 90n, blockedBaseNs: BEGIN + 1930n }),
  );
  const { threads, totals } = trace.snapshot();
  expect(threads).toMatchObject([
    { tid: 41, alive: false, lifetimeNs: 1000, onCpuNs: 500, residueNs: 0 },
    { tid: 41, alive: true, lifetimeNs: 1000, onCpuNs: 20 },
  ]);
  expect(new Set(threads.map(({ id }) => id)).size).toBe(2);
  expect(totals).toMatchObject({ threadsAlive: 1, threadsEnded: 1 });
});

test('a first switch-out that is only told after the last one, from another CPU, begins no second row', () => {
  const trace = traceOf(
    switchOut(1000n, { event: 'last', born: true, onCpuNs: 10n }),
    switchOut(500n, { event: 'first', born: true, onCpuNs: 5n }),
  );
  expect(trace.snapshot().threads).toMatchObject([{ alive: false, lifetimeNs: 1000 }]);
});

test('what /proc and the kernel script say of one thread meets in one row', () => {
  const startTicks = 16_384 * 3 + 7;
  const trace = traceOf(
    { kind: 'thread', atNs: BEGIN, tid: 41, startTicks, name: 'worker' },
    sample(0n, { ...thread, startTicks }),
    switchOut(100n, ref),
    { kind: 'thread', atNs: BEGIN, tid: 41, startTicks, name: 'renamed' },
  );
  expect(trace.snapshot().threads).toMatchObject([{ tid: 41, name: 'renamed', alive: true }]);
});
