import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Summary, SummaryThread } from '../../../src/export/summary-format.js';
import type { Cause } from '../../../src/model/cause.js';
import { expectAccountsToClose, expectNothingLost, waitedForNs, waitedNs } from '../support/account.js';
import { newestBpftrace } from '../support/bpftraces.js';
import { Faultscope } from '../support/faultscope.js';
import { measureBefore } from '../support/measure-before.js';
import { schedstatOf } from '../support/processes.js';
import { numberOf, startWorkload, type WorkloadEvent } from '../support/workload.js';

/** Threads of `causes`, by name: what each waits for. Those of `cpu` wait for nothing. */
const EXPECTED: readonly { readonly name: string; readonly cause: Cause; readonly syscall: string | null }[] = [
  { name: 'futex', cause: 'lock', syscall: 'futex' },
  { name: 'cond', cause: 'parked', syscall: 'futex' },
  { name: 'epoll', cause: 'poll', syscall: 'epoll_wait' },
  { name: 'poll', cause: 'poll', syscall: 'poll' },
  { name: 'nanosleep', cause: 'sleep', syscall: 'clock_nanosleep' },
  { name: 'pread', cause: 'disk', syscall: 'pread64' },
  { name: 'fsync', cause: 'disk', syscall: 'fsync' },
  { name: 'pipe', cause: 'net', syscall: 'read' },
  { name: 'recv', cause: 'net', syscall: 'recvfrom' },
  { name: 'uffd', cause: 'fault-other', syscall: null },
  { name: 'mmap', cause: 'fault', syscall: null },
];
const BURNERS = 2;

describe.each(newestBpftrace())('with the bpftrace of $release', ({ path }) => {
  let summary: Summary;
  let truths: readonly WorkloadEvent[];
  /** What the kernel says of each burner, read just before the end. */
  const burners = new Map<number, { readonly onCpuNs: number; readonly runQueueNs: number }>();

  measureBefore(async () => {
    burners.clear();
    const workload = await startWorkload('causes', ['--hold']);
    try {
      const faultscope = new Faultscope(['--pid', String(workload.pid), '--bpftrace', path]);
      await faultscope.attached(workload.pid);
      workload.go();
      const threads = await workload.events('thread', EXPECTED.length + BURNERS);
      await later(5000);
      for (const { name, tid } of threads) {
        if (name === 'cpu') burners.set(Number(tid), schedstatOf(workload.pid, Number(tid)));
      }
      workload.kill('SIGTERM');
      truths = await workload.results();
      summary = await faultscope.success();
    } finally {
      await workload.end();
    }
  });

  function rowAndTruth(name: string): { row: SummaryThread; truth: WorkloadEvent } {
    const truth = truths.find((each) => each.name === name);
    const row = summary.threads.find(({ tid }) => tid === truth?.tid);
    if (truth === undefined || row === undefined) throw new Error(`no thread ${name}`);
    return { row, truth };
  }

  test.each(EXPECTED)('a thread that waits in $name waits for: $cause', ({ name, cause, syscall }) => {
    const { row, truth } = rowAndTruth(name);
    expect(row.name).toBe(name);
    // Once, as they begin or end, they may wait for the lock of stdout, whose holder has no CPU.
    const forStdoutNs = cause === 'lock' ? 0 : waitedForNs(row, 'lock');
    expect(forStdoutNs / waitedNs(row), JSON.stringify(row.waits)).toBeLessThan(0.05);
    expect(waitedForNs(row, cause) / (waitedNs(row) - forStdoutNs), JSON.stringify(row.waits)).toBeGreaterThan(0.99);
    const [longest] = row.waits;
    expect(longest).toMatchObject({ cause, syscall });
    // Dropping its pages from the cache, as pread's thread does to be held up again, may take a while by itself.
    expect((longest?.totalNs ?? 0) / waitedNs(row)).toBeGreaterThan(0.9);
    // What it measured itself, from outside of the wait, run queue and all.
    const aroundNs = row.runQueueNs + row.onCpuNs;
    expect(waitedForNs(row, cause)).toBeLessThan(numberOf(truth, 'waitNs') * 1.01);
    expect(waitedForNs(row, cause)).toBeGreaterThan(numberOf(truth, 'waitNs') * 0.99 - aroundNs);
  });

  test('sleeps, polls and signalled waits are counted one by one', () => {
    for (const name of ['epoll', 'poll', 'nanosleep']) {
      const { row, truth } = rowAndTruth(name);
      expect(row.waits[0]?.count, name).toBe(truth.waits);
    }
  });

  test('major faults are those of the mapping alone, and a userfaultfd page is none', () => {
    const { row, truth } = rowAndTruth('mmap');
    expect(row).toMatchObject({ majorFaults: truth.majflt, kernelMajorFaults: truth.majflt });
    expect(row.majorFaults).toBe(truth.waits);
    for (const { name } of EXPECTED) if (name !== 'mmap') expect(rowAndTruth(name).row.majorFaults, name).toBe(0);
  });

  test('two threads on one core are on the CPU and in the run queue as long as the kernel says', () => {
    expect(burners.size).toBe(BURNERS);
    for (const [tid, kernel] of burners) {
      const row = summary.threads.find((thread) => thread.tid === tid);
      expect(row?.runQueueNs, 'run queue').toBeGreaterThan(kernel.runQueueNs * 0.97);
      expect(row?.runQueueNs, 'run queue').toBeLessThan(kernel.runQueueNs * 1.03);
      expect(row?.onCpuNs, 'on CPU').toBeGreaterThan(kernel.onCpuNs * 0.97);
      expect(row?.onCpuNs, 'on CPU').toBeLessThan(kernel.onCpuNs * 1.03);
      expect(kernel.runQueueNs).toBeGreaterThan(1e9);
    }
  });

  test('every thread has a row to its end, and its account closes', () => {
    for (const { tid } of truths) expect(summary.threads.find((thread) => thread.tid === tid)?.alive).toBe(false);
    expect(summary.target).toMatchObject({ alive: false, exit: null });
    expectNothingLost(summary);
    expectAccountsToClose(summary);
  });
});
