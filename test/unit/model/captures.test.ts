import { describe, expect, test } from 'vitest';
import type { Cause } from '../../../src/model/cause.js';
import type { ThreadView } from '../../../src/model/snapshot.js';
import { ThreadsDecoder } from '../../../src/probe/decode-threads.js';
import { capture, VERSIONS, type Version } from '../probe/captures.js';
import { traceOf } from './records.js';

/** From the lines bpftrace printed to what a view is given, held against what the workload counted itself. */
function replay(workload: string, version: Version) {
  const run = capture(workload, version);
  const decoder = new ThreadsDecoder();
  const records = [...run.lines.flatMap((line) => decoder.line(line)), ...decoder.finish()];
  const snapshot = traceOf(...records).snapshot();
  const threadOf = (tid: number): ThreadView => {
    const found = snapshot.threads.find((thread) => thread.tid === tid);
    if (found === undefined) throw new Error(`no thread ${tid}`);
    return found;
  };
  return { ...run, snapshot, threadOf };
}

describe.each(VERSIONS)('from lines of bpftrace %s to a snapshot:', (version) => {
  test('every major fault is counted, of every thread, across changes of the histogram maps', () => {
    const { threads, majflt, snapshot, threadOf } = replay('threads.coldmmap', version);
    expect(majflt).toBeGreaterThan(500);
    for (const { tid, majflt } of threads)
      expect(threadOf(tid)).toMatchObject({ majorFaults: majflt, kernelMajorFaults: majflt });
    for (const { majorFaults, kernelMajorFaults } of snapshot.threads) expect(majorFaults).toBe(kernelMajorFaults);
    // The first thread may have had one before.
    expect([majflt, (majflt ?? 0) - 1]).toContain(snapshot.totals.majorFaults);
  });

  test('every wait of a thread that sleeps is counted', () => {
    const { threads, threadOf } = replay('threads.coldmmap', version);
    const sleeper = threads.find(({ name }) => name === 'sleeper');
    const row = threadOf(sleeper?.tid ?? 0).waits.find(({ cause }) => cause === 'sleep');
    expect(row?.count).toBe(sleeper?.rounds);
  });

  test('the time of every thread is accounted for from birth to end, but for a thousandth', () => {
    for (const workload of ['threads.coldmmap', 'threads.causes', 'threads.threadchurn']) {
      const ended = replay(workload, version).snapshot.threads.filter(
        ({ alive, lifetimeNs }) => !alive && lifetimeNs > 1e8,
      );
      expect(ended.length).toBeGreaterThan(3);
      for (const { residueNs, lifetimeNs } of ended) expect(Math.abs(residueNs) / lifetimeNs).toBeLessThan(0.001);
    }
  });

  const CAUSES: readonly [name: string, cause: Cause, syscall: string | null][] = [
    ['futex', 'lock', 'futex'],
    ['cond', 'parked', 'futex'],
    ['epoll', 'poll', 'epoll_wait'],
    ['poll', 'poll', 'poll'],
    ['nanosleep', 'sleep', 'clock_nanosleep'],
    ['pread', 'disk', 'pread64'],
    ['fsync', 'disk', 'fsync'],
    ['pipe', 'net', 'read'],
    ['recv', 'net', 'recvfrom'],
    ['uffd', 'fault-other', null],
    ['mmap', 'fault', null],
  ];

  test.each(CAUSES)('a thread that waits by %s is laid to %s, and for as long as it waited', (name, cause, syscall) => {
    const { threads, threadOf } = replay('threads.causes', version);
    const truth = threads.find((thread) => thread.name === name);
    const { waits, onCpuNs, runQueueNs } = threadOf(truth?.tid ?? 0);
    const [longest, ...others] = waits;
    expect(longest).toMatchObject({ cause, syscall });
    // Its own clock also counts the way into the call and out of it, and the wait for a CPU after it.
    const elsewhereNs = others.reduce((sum, { totalNs }) => sum + totalNs, onCpuNs + runQueueNs);
    expect(longest?.totalNs).toBeLessThanOrEqual(truth?.waitNs ?? 0);
    expect(longest?.totalNs).toBeGreaterThanOrEqual((truth?.waitNs ?? 0) - elsewhereNs);
  });

  test('threads that live for a millisecond are all there, and all have ended', () => {
    const { majflt, snapshot } = replay('threads.threadchurn', version);
    const shortLived = snapshot.threads.filter(({ lifetimeNs }) => lifetimeNs < 1e8);
    expect(shortLived.length).toBeGreaterThanOrEqual(55);
    expect(snapshot.totals).toMatchObject({ majorFaults: majflt, threadsAlive: 0 });
  });
});
