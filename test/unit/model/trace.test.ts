import { describe, expect, test } from 'vitest';
import type { FaultscopeRecord, LossRecord } from '../../../src/record/record.js';
import {
  BEGIN,
  code,
  FAULT,
  FAULT_LATENCY,
  FAULT_NO_SLEEP,
  FUTEX_WAIT,
  fault,
  first,
  INTERRUPTIBLE,
  processReading,
  ref,
  running,
  SECOND,
  SESSION,
  sample,
  switchOut,
  thread,
  tick,
  traceOf,
  wait,
} from './records.js';

const MS = 1_000_000n;
const name = (text: string): FaultscopeRecord => ({ kind: 'thread', atNs: BEGIN, ...thread, name: text });
const faults = (count: number, epoch = 0): FaultscopeRecord =>
  wait({ code: FAULT_LATENCY, bucket: 80, epoch, count, totalNs: count * 1000, maxNs: 1000 });

test('a session nobody has reported on is empty, and says so instead of nought', () => {
  const { totals, threads, history, quality, probes, target } = traceOf().snapshot();
  expect({ threads, history }).toEqual({ threads: [], history: [] });
  expect(totals).toMatchObject({ majorFaults: 0, minorFaultRateHz: null, exactFaultLatency: null, threadsAlive: 0 });
  expect(totals.faultLatency.p50Ns).toBeNull();
  expect(quality).toMatchObject({ coverage: { kernel: null, fraction: null }, worstResidueFraction: null, notes: [] });
  expect(new Set(probes.map(({ state }) => state))).toEqual(new Set(['off']));
  expect(target.state).toEqual({ alive: true });
});

describe('the window', () => {
  test('begins where the main set was attached, and not where it may be attached again', () => {
    const { window } = traceOf(running(500n * MS), running(700n * MS), tick(SECOND)).snapshot();
    expect(window).toEqual({
      startNs: BEGIN + 500n * MS,
      startedAtMs: SESSION.startedAtMs + 500,
      durationNs: 500_000_000,
    });
  });

  test('does not go back with a record that comes late', () => {
    expect(traceOf(tick(SECOND), fault(10n)).snapshot().window.durationNs).toBe(1_000_000_000);
  });
});

describe('rates', () => {
  test('of major faults are what was counted between the last two ticks', () => {
    const trace = traceOf(tick(SECOND), faults(10), tick(3n * SECOND));
    expect(trace.snapshot().totals.majorFaultRateHz).toBe(5);
    expect(first(trace.snapshot().threads).majorFaultRateHz).toBe(5);
    trace.apply(tick(4n * SECOND));
    expect(trace.snapshot().totals.majorFaultRateHz).toBe(0);
    expect(first(trace.snapshot().threads)).toMatchObject({ majorFaultRateHz: 0, majorFaults: 10 });
  });

  test('of minor faults come from the last two readings of the process', () => {
    const trace = traceOf(processReading(0n, { minorFaults: 100 }));
    expect(trace.snapshot().totals.minorFaultRateHz).toBeNull();
    trace.apply(processReading(2n * SECOND, { minorFaults: 500 }));
    expect(trace.snapshot().totals.minorFaultRateHz).toBe(200);
  });
});

test('major faults are those that slept and those that did not; only the former have a latency', () => {
  const trace = traceOf(faults(3), wait({ code: FAULT_NO_SLEEP, bucket: 0, count: 2, totalNs: 0, maxNs: 0 }));
  const { totals, threads } = trace.snapshot();
  expect(totals).toMatchObject({ majorFaults: 5, faultLatency: { count: 3, maxNs: 1000 } });
  expect(first(threads)).toMatchObject({ majorFaults: 5, majorFaultsNoSleep: 2, faultLatency: { count: 3 } });
});

test('faults of two epochs add up', () => {
  expect(traceOf(faults(3), faults(5), faults(4, 1)).snapshot().totals.majorFaults).toBe(9);
});

test('waits of one cause and call are one row, the longest total first', () => {
  const trace = traceOf(
    wait({ code: FUTEX_WAIT, bucket: 50, count: 1, totalNs: 10, maxNs: 10 }),
    wait({ code: FUTEX_WAIT, bucket: 60, count: 2, totalNs: 30, maxNs: 20 }),
    wait({ code: FAULT, bucket: 60, count: 1, totalNs: 90, maxNs: 90 }),
    wait({ code: code(INTERRUPTIBLE, 232), bucket: 60, count: 4, totalNs: 80, maxNs: 40 }),
  );
  const { waits, time } = first(trace.snapshot().threads);
  expect(waits.map(({ cause, syscall, count, totalNs, maxNs }) => ({ cause, syscall, count, totalNs, maxNs }))).toEqual(
    [
      { cause: 'fault', syscall: null, count: 1, totalNs: 90, maxNs: 90 },
      { cause: 'poll', syscall: 'epoll_wait', count: 4, totalNs: 80, maxNs: 40 },
      { cause: 'lock', syscall: 'futex', count: 3, totalNs: 40, maxNs: 20 },
    ],
  );
  expect(time).toMatchObject({ fault: 90, poll: 80, lock: 40, disk: 0 });
  expect(trace.snapshot().totals).toMatchObject({ faultWaitNs: 90, idleNs: 80 });
});

describe('what a thread is doing now', () => {
  const now = (...records: FaultscopeRecord[]) => first(traceOf(...records).snapshot().threads).now;

  test('it waits, for as long as nothing of it has moved since its switch-out', () => {
    expect(now(sample(0n), switchOut(100n), sample(900n))).toEqual({
      doing: 'waiting',
      cause: 'lock',
      runtimeWord: null,
      syscall: 'futex',
      forNs: 800,
    });
  });

  test('it waits, but for how long is not known if it has run since', () => {
    expect(now(sample(0n), switchOut(100n), sample(900n, { onCpuNs: 5n }))).toMatchObject({
      doing: 'waiting',
      forNs: null,
    });
  });

  test('it waits as it did when it was found, with no known begin', () => {
    const waitingIn = { syscall: 232, arg1: 0n };
    expect(now(sample(0n, { waitingIn }), sample(900n))).toEqual({
      doing: 'waiting',
      cause: 'poll',
      runtimeWord: null,
      syscall: 'epoll_wait',
      forNs: null,
    });
  });

  test('found on a plain futex, a thread of a Go program waits for work, of any other for a lock', () => {
    const found = sample(0n, { waitingIn: { syscall: 202, arg1: 128n } });
    const capacity = { capacity: 2, capacitySource: 'GOMAXPROCS', goroutines: true, goroutineDetail: null };
    const go = { kind: 'runtime', atNs: BEGIN, runtime: { kind: 'go', version: null, ...capacity } } as const;
    expect(now(found, sample(900n))).toMatchObject({ cause: 'lock', runtimeWord: null });
    expect(now(go, found, sample(900n))).toMatchObject({ cause: 'parked', runtimeWord: 'idle M' });
  });

  test('it runs if it is runnable and its CPU time has moved, else it queues', () => {
    expect(now(switchOut(100n), sample(900n, { state: 'R', onCpuNs: 5n }))).toEqual({ doing: 'running' });
    expect(now(switchOut(100n), sample(900n, { state: 'R' }))).toEqual({ doing: 'run-queue' });
  });

  test('it has ended', () => {
    expect(now(switchOut(100n, { event: 'last' }))).toEqual({ doing: 'ended' });
    expect(now(sample(0n), { kind: 'gone', atNs: BEGIN, ...thread })).toEqual({ doing: 'ended' });
  });

  test('a thread known by name alone is doing something unknown', () => {
    expect(now(name('x'))).toEqual({ doing: 'unknown' });
  });
});

test('a wait is open only as long as the thread is in it', () => {
  const open = (...records: FaultscopeRecord[]) => first(first(traceOf(...records).snapshot().threads).waits).open;
  expect(open(sample(0n), switchOut(100n), sample(900n))).toBe(true);
  expect(open(sample(0n), switchOut(100n), sample(900n, { onCpuNs: 5n, state: 'R' }))).toBe(false);
  expect(open(sample(0n), switchOut(100n), sample(900n), { kind: 'gone', atNs: BEGIN, ...thread })).toBe(false);
});

describe('coverage', () => {
  test('holds what was traced since the first reading against what the kernel counted since then', () => {
    const trace = traceOf(faults(4), processReading(0n, { majorFaults: 1000 }));
    expect(trace.snapshot().quality.coverage).toEqual({ traced: 0, kernel: null, fraction: null });
    trace.apply(faults(13));
    trace.apply(processReading(SECOND, { majorFaults: 1010 }));
    expect(trace.snapshot().quality.coverage).toEqual({ traced: 9, kernel: 10, fraction: 0.9 });
  });

  test.each([
    { traced: 100, kernel: 100, what: 'full while ours lies between the readings around the dump' },
    { traced: 80, kernel: 90, what: 'short where it lies below the one before' },
    { traced: 130, kernel: 110, what: 'over where it lies above the one after' },
  ])('of a target that faults on is $what', ({ traced, kernel }) => {
    const trace = traceOf(processReading(0n, { majorFaults: 0 }), faults(traced));
    trace.apply({ ...processReading(SECOND, { majorFaults: 110 }), majorFaultsBefore: 90 });
    expect(trace.snapshot().quality.coverage).toEqual({ traced, kernel, fraction: traced / kernel });
  });

  test('takes no reading that follows no dump', () => {
    const trace = traceOf(processReading(0n, { majorFaults: 0 }), faults(5));
    trace.apply({ ...processReading(SECOND, { majorFaults: 9 }), majorFaultsBefore: null });
    expect(trace.snapshot().quality.coverage.kernel).toBeNull();
  });

  test('is unknown, not full, where the kernel counted nothing', () => {
    const trace = traceOf(processReading(0n), processReading(SECOND));
    expect(trace.snapshot().quality.coverage).toEqual({ traced: 0, kernel: 0, fraction: null });
  });

  test("of a thread is the kernel's own count since the session began", () => {
    const trace = traceOf(sample(0n, { majorFaults: 70 }), sample(SECOND, { majorFaults: 75 }));
    expect(first(trace.snapshot().threads).kernelMajorFaults).toBe(5);
    const born = switchOut(SECOND, { event: 'last', born: true, majorFaults: 6 });
    expect(first(traceOf(born).snapshot().threads).kernelMajorFaults).toBe(6);
  });
});

describe('what is lacking', () => {
  const loss = (atNs: bigint, what: LossRecord['what'], count: number): LossRecord => ({
    kind: 'loss',
    atNs: BEGIN + atNs,
    set: 'threads',
    what,
    count,
  });

  test('is noted once for each kind, with its sum and its latest time, the newest last', () => {
    const trace = traceOf(loss(100n, 'events', 3), loss(200n, 'waits', 5), loss(300n, 'events', 4));
    const { notes, lostEvents, droppedRecords } = trace.snapshot().quality;
    expect({ lostEvents, droppedRecords }).toEqual({ lostEvents: 7, droppedRecords: 5 });
    expect(notes.map(({ atNs }) => atNs)).toEqual([200, 300]);
    expect(notes[1]?.text).toMatch(/^7 single faults/);
  });

  test('a probe set that failed is noted with its reason', () => {
    const failed: FaultscopeRecord = {
      kind: 'probe',
      atNs: BEGIN + 50n,
      set: 'entry',
      state: 'failed',
      variant: null,
      detail: 'no such tracepoint',
    };
    const { quality, probes } = traceOf(failed).snapshot();
    expect(quality.notes).toEqual([{ atNs: 50, text: 'probe set entry failed: no such tracepoint' }]);
    expect(probes[1]).toMatchObject({ set: 'entry', state: 'failed', detail: 'no such tracepoint' });
  });

  test('why nothing is known of a runtime is noted; of a Go program it is said where its goroutines would be', () => {
    const said = (kind: 'go' | 'native'): FaultscopeRecord => {
      const none = { version: null, capacity: null, capacitySource: null, goroutines: false };
      return { kind: 'runtime', atNs: BEGIN + 50n, runtime: { kind, ...none, goroutineDetail: 'nobody answers' } };
    };
    expect(traceOf(said('native')).snapshot().quality.notes).toEqual([{ atNs: 50, text: 'nobody answers' }]);
    expect(traceOf(said('go')).snapshot().quality.notes).toEqual([]);
  });

  test('sampling is one in how many faults; those sent only for being long do not count', () => {
    const trace = traceOf(fault(1n, { weight: 10 }), fault(2n, { weight: 20 }), fault(3n, { weight: 0 }));
    expect(trace.snapshot().quality.sampling.oneIn).toBe(15);
    expect(traceOf().snapshot().quality.sampling.oneIn).toBe(1);
  });

  test('the residue of threads that lived for less than a second is no measure', () => {
    const lived = (ns: bigint) =>
      traceOf(sample(0n, { state: 'R' }), switchOut(ns, { onCpuNs: ns / 2n, code: code(0, 0) }));
    expect(lived(SECOND - 1n).snapshot().quality.worstResidueFraction).toBeNull();
    expect(lived(2n * SECOND).snapshot().quality.worstResidueFraction).toBeCloseTo(0.5);
  });
});

describe('exact latency', () => {
  const latency = (count: number): FaultscopeRecord => ({
    kind: 'entry-latency',
    ...ref,
    bucket: 80,
    count,
    totalNs: count * 1000,
    maxNs: 1000,
  });
  const userFaults = (count: number): FaultscopeRecord => ({ kind: 'entry-faults', ...ref, count });

  test('is unknown without its probe set', () => {
    const { totals, threads } = traceOf(faults(3)).snapshot();
    expect(totals.exactFaultLatency).toBeNull();
    expect(first(threads)).toMatchObject({ exactFaultLatency: null, userFaults: null });
  });

  test('is counted by thread and in all', () => {
    const trace = traceOf(running(0n, 'entry'), userFaults(9), latency(2), latency(5));
    expect(trace.snapshot().totals.exactFaultLatency).toMatchObject({ count: 5, maxNs: 1000 });
    expect(first(trace.snapshot().threads)).toMatchObject({ userFaults: 9, exactFaultLatency: { count: 5 } });
  });

  test('goes on counting where the set was stopped and started again, and the script began from nought', () => {
    const trace = traceOf(
      running(0n, 'entry'),
      userFaults(9),
      latency(5),
      running(SECOND, 'entry'),
      userFaults(4),
      latency(2),
    );
    expect(trace.snapshot().totals.exactFaultLatency?.count).toBe(7);
    expect(first(trace.snapshot().threads)).toMatchObject({ userFaults: 13, exactFaultLatency: { count: 7 } });
  });
});

describe('the longest faults', () => {
  test('come longest first, at most a hundred, with the name of their thread', () => {
    const lengths = Array.from({ length: 250 }, (_, index) => ((index * 7919) % 250) + 1);
    const trace = traceOf(name('reader'), ...lengths.map((latencyNs, at) => fault(BigInt(at), { latencyNs })));
    const { longestFaults } = trace.snapshot();
    expect(longestFaults.map(({ latencyNs }) => latencyNs)).toEqual(
      Array.from({ length: 100 }, (_, index) => 250 - index),
    );
    expect(longestFaults[0]).toMatchObject({ tid: 41, threadName: 'reader', address: 0x7f0000001000n });
  });

  test('of equal length are kept in the order they came', () => {
    const trace = traceOf(fault(1n), fault(2n), fault(3n));
    expect(trace.snapshot().longestFaults.map(({ atNs }) => atNs)).toEqual([1, 2, 3]);
  });

  test('are not those that never slept', () => {
    expect(traceOf(fault(1n, { latencyNs: null })).snapshot().longestFaults).toEqual([]);
  });
});

test('the target is gone when the session ended with it, with its exit where we launched it', () => {
  const end = (reason: 'target-exited' | 'quit'): FaultscopeRecord => ({
    kind: 'end',
    atNs: BEGIN,
    reason,
    targetExit: reason === 'quit' ? null : { code: 3, signal: null },
  });
  expect(traceOf(end('target-exited')).snapshot().target.state).toEqual({
    alive: false,
    exit: { code: 3, signal: null },
  });
  expect(traceOf(end('quit')).snapshot().target.state).toEqual({ alive: true });
});
