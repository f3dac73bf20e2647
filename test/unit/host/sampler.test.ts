import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SamplerOptions, TaskSampler } from '../../../src/host/sampler.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { FakeProc } from './fake-proc.js';

let proc: FakeProc;
beforeEach(() => {
  proc = new FakeProc();
});
afterEach(() => proc.remove());

/** A clock that moves on by one step at every look. */
function clock(stepNs = 1n): () => bigint {
  let nowNs = 1_000_000_000n;
  return () => {
    nowNs += stepNs;
    return nowNs;
  };
}

function sampler(options: SamplerOptions = {}): TaskSampler {
  return new TaskSampler(10, { procRoot: proc.root, keptFiles: 0, ...options });
}

function tidsOf(kind: FaultscopeRecord['kind'], records: readonly FaultscopeRecord[]): number[] {
  return records.flatMap((record) => (record.kind === kind && 'tid' in record ? [record.tid] : []));
}

describe('one pass', () => {
  test('tells of the process, of each new thread by name, and of its accounting', () => {
    proc.process(10, { minorFaults: 90, majorFaults: 9, threads: 1 });
    proc.thread(10, 10, {
      comm: 'main',
      state: 'D',
      onCpuNs: 9007199254740993n,
      runQueueNs: 5n,
      majorFaults: 3,
      minorFaults: 8,
      startTicks: 55,
      syscall: '-1 0x7ffd 0x55\n',
    });
    const { records, alive } = sampler().sample(clock());
    expect(alive).toBe(true);
    const atNs = expect.any(BigInt);
    expect(records).toEqual([
      { kind: 'process', atNs, majorFaults: 9, majorFaultsBefore: null, minorFaults: 90, threads: 1, hostFaults: 4242 },
      { kind: 'thread', atNs, tid: 10, startTicks: 55, name: 'main' },
      {
        kind: 'sample',
        atNs,
        tid: 10,
        startTicks: 55,
        onCpuNs: 9007199254740993n,
        runQueueNs: 5n,
        state: 'D',
        majorFaults: 3,
        minorFaults: 8,
        waitingIn: { syscall: -1, arg1: 0n },
      },
    ]);
  });

  test('says what a thread waits in only the first time, and never of a running one', () => {
    proc.process(10);
    proc.thread(10, 10, { state: 'S', syscall: '202 0x1 0x80 0x2 0x0 0x0 0x0 0x1 0x1\n' });
    proc.thread(10, 11, { state: 'R', syscall: '202 0x1 0x80 0x2 0x0 0x0 0x0 0x1 0x1\n' });
    const tasks = sampler();
    const waits = () =>
      tasks.sample(clock()).records.flatMap((record) => (record.kind === 'sample' ? [record.waitingIn ?? null] : []));
    expect(waits()).toEqual([{ syscall: 202, arg1: 0x80n }, null]);
    expect(waits()).toEqual([null, null]);
  });

  test('names a thread again only when it took another name', () => {
    proc.process(10);
    proc.thread(10, 10, { comm: 'old' });
    const tasks = sampler();
    tasks.sample(clock());
    expect(tidsOf('thread', tasks.sample(clock()).records)).toEqual([]);
    proc.thread(10, 10, { comm: 'new) R 1' });
    tasks.prefer([10]);
    expect(tasks.sample(clock()).records).toContainEqual(expect.objectContaining({ kind: 'thread', name: 'new) R 1' }));
  });

  test('stamps a reading between the looks at the clock around it', () => {
    proc.process(10);
    proc.thread(10, 10);
    const looks: bigint[] = [];
    const now = clock(1000n);
    const { records } = sampler().sample(() => {
      const nowNs = now();
      looks.push(nowNs);
      return nowNs;
    });
    const sample = records.find((record) => record.kind === 'sample');
    const before = looks.filter((look) => look <= (sample?.atNs ?? 0n)).at(-1) ?? 0n;
    expect((sample?.atNs ?? 0n) - before).toBe(500n);
    expect(looks).toContain(before + 1000n);
  });

  test('reads again when it was interrupted in the middle of a reading', () => {
    proc.process(10);
    proc.thread(10, 10);
    // The sixth look is the one after the first reading of the accounting.
    const now = clock();
    let looks = 0;
    let lateNs = 0n;
    const { records } = sampler({ budgetNs: 10n ** 12n }).sample(() => {
      looks += 1;
      if (looks === 6) lateNs = 50_000_000n;
      return now() + lateNs;
    });
    const sample = records.find((record) => record.kind === 'sample');
    expect(sample?.atNs).toBeGreaterThan(1_050_000_000n);
  });
});

describe('a thread that is gone', () => {
  test('is said to be gone, once', () => {
    proc.process(10);
    proc.thread(10, 10);
    proc.thread(10, 11, { startTicks: 7 });
    const tasks = sampler();
    tasks.sample(clock());
    proc.endThread(10, 11);
    expect(tasks.sample(clock()).records).toContainEqual({
      kind: 'gone',
      atNs: expect.any(BigInt),
      tid: 11,
      startTicks: 7,
    });
    expect(tidsOf('gone', tasks.sample(clock()).records)).toEqual([]);
  });

  test('makes room for a new one under the same tid', () => {
    proc.process(10);
    proc.thread(10, 10, { comm: 'first', startTicks: 7 });
    const tasks = sampler();
    tasks.sample(clock());
    proc.thread(10, 10, { comm: 'first', startTicks: 8, state: 'S', syscall: '35 0x1 0x2 0x0 0x0 0x0 0x0 0x1 0x1\n' });
    const records = tasks.sample(clock()).records.slice(1);
    expect(records.map((record) => [record.kind, 'startTicks' in record ? record.startTicks : null])).toEqual([
      ['gone', 7],
      ['thread', 8],
      ['sample', 8],
    ]);
    expect(records[2]).toHaveProperty('waitingIn.syscall', 35);
  });
});

describe('the end of the process', () => {
  test('is reported with every thread gone', () => {
    proc.process(10);
    proc.thread(10, 10);
    proc.thread(10, 11);
    const tasks = sampler();
    tasks.sample(clock());
    proc.endProcess(10);
    const { alive, records } = tasks.sample(clock());
    expect(alive).toBe(false);
    expect(records.map(({ kind }) => kind)).toEqual(['gone', 'gone']);
  });

  test('is also a PID that now belongs to another process', () => {
    proc.process(10, { startTicks: 7 });
    proc.thread(10, 10, { startTicks: 7 });
    const tasks = sampler();
    tasks.sample(clock());
    proc.updateProcess(10, { startTicks: 8 });
    const { alive, records } = tasks.sample(clock());
    expect(alive).toBe(false);
    expect(records.map(({ kind }) => kind)).toEqual(['gone']);
  });

  test('as a zombie still gives the final counts', () => {
    proc.process(10, { state: 'Z', majorFaults: 99 });
    proc.thread(10, 10, { state: 'Z' });
    const { alive, records } = sampler().sample(clock());
    expect(alive).toBe(false);
    expect(records).toContainEqual(expect.objectContaining({ kind: 'process', majorFaults: 99 }));
  });

  test('has not come while only the first thread has ended', () => {
    proc.process(10, { state: 'Z', threads: 2 });
    proc.thread(10, 10, { state: 'Z' });
    proc.thread(10, 11);
    const { alive, records } = sampler().sample(clock());
    expect(alive).toBe(true);
    expect(tidsOf('sample', records)).toEqual([10, 11]);
  });
});

describe('with more threads than the budget allows', () => {
  const COUNT = 50;
  const budgetNs = 60_000n;

  beforeEach(() => {
    proc.process(10, { threads: COUNT });
    for (let tid = 10; tid < 10 + COUNT; tid++) proc.thread(10, tid);
  });

  test('a pass reads some, and every thread has its turn before any is read twice', () => {
    const tasks = sampler({ budgetNs });
    tasks.sample(clock(), { readAll: true });
    const turns: number[] = [];
    while (turns.length < COUNT) {
      const read = tidsOf('sample', tasks.sample(clock(1000n)).records);
      expect(read.length).toBeGreaterThan(0);
      expect(read.length).toBeLessThan(COUNT);
      turns.push(...read);
    }
    expect(new Set(turns.slice(0, COUNT)).size).toBe(COUNT);
  });

  test('readAll reads every thread whatever it takes', () => {
    const tasks = sampler({ budgetNs });
    for (let pass = 0; pass < 2; pass++) {
      const { records } = tasks.sample(clock(1_000_000n), { readAll: true });
      expect(new Set(tidsOf('sample', records)).size).toBe(COUNT);
      expect(tidsOf('sample', records)).toHaveLength(COUNT);
    }
  });

  test('threads that just faulted are read first, once', () => {
    const tasks = sampler({ budgetNs });
    tasks.sample(clock(), { readAll: true });
    tasks.prefer([47, 33, 47]);
    const read = tidsOf('sample', tasks.sample(clock(1000n)).records);
    expect(read.slice(0, 3)).toEqual([47, 33, 10]);
    expect(tidsOf('sample', tasks.sample(clock(1000n)).records)).not.toContain(47);
  });

  test('a new thread is read before the old ones, and before it is listed where it faulted', () => {
    const tasks = sampler({ budgetNs });
    tasks.sample(clock(), { readAll: true });
    proc.thread(10, 900);
    expect(tidsOf('sample', tasks.sample(clock(1000n)).records)[0]).toBe(900);
  });

  test('a stranger that is preferred is ignored', () => {
    const tasks = sampler({ budgetNs });
    tasks.prefer([4711]);
    const { records } = tasks.sample(clock());
    expect(tidsOf('sample', records)).not.toContain(4711);
    expect(tidsOf('gone', records)).toEqual([]);
  });

  test('a flood of new threads does not keep the old ones from being read', () => {
    const tasks = sampler({ budgetNs });
    tasks.sample(clock(), { readAll: true });
    for (let tid = 1000; tid < 1500; tid++) proc.thread(10, tid);
    const read = tidsOf('sample', tasks.sample(clock(1000n)).records);
    expect(read.some((tid) => tid >= 1000)).toBe(true);
    expect(read.some((tid) => tid < 1000)).toBe(true);
  });

  test('a listing that takes longer than the budget is not made every pass', () => {
    const tasks = sampler({ budgetNs });
    // One look at the clock costs a whole budget, so a listing is seen to cost one too.
    const now = clock(budgetNs);
    tasks.sample(now, { readAll: true });
    proc.thread(10, 900);
    const passes = Array.from({ length: 6 }, () => tidsOf('sample', tasks.sample(now).records).includes(900));
    expect(passes[0]).toBe(false);
    expect(passes).toContain(true);
  });
});
