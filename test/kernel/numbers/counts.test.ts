import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../../src/export/summary-format.js';
import { expectAccountsToClose, expectNothingLost, threadOf } from '../support/account.js';
import { bpftraces } from '../support/bpftraces.js';
import { Faultscope } from '../support/faultscope.js';
import { majorFaultsOf } from '../support/processes.js';
import { numberOf, startWorkload, type WorkloadEvent } from '../support/workload.js';

const PAGES = 1511;
const THREADS = 4;

interface Counted {
  readonly summary: Summary;
  /** What each thread counted itself, and the process (RUSAGE_SELF). */
  readonly threads: readonly WorkloadEvent[];
  readonly process: WorkloadEvent;
  /** Growth of /proc/PID/stat majflt, read at rest before and after. */
  readonly procDelta: number;
}

/** Traces `count` from before its first touch until after its last one. */
async function count(bpftrace: string, ...argv: string[]): Promise<Counted> {
  const workload = await startWorkload('count', ['--threads', String(THREADS), '--pages', String(PAGES), ...argv]);
  try {
    const args = ['--pid', String(workload.pid), '--interval', '300ms', '--bpftrace', bpftrace];
    const faultscope = new Faultscope(args);
    await faultscope.attached(workload.pid);
    const before = majorFaultsOf(workload.pid);
    workload.go();
    const results = await workload.events('result', THREADS + 1);
    const procDelta = majorFaultsOf(workload.pid) - before;
    // Accounts are held to a thousandth from a second of life on.
    await later(1000);
    const summary = await faultscope.finish();
    const [process] = results.filter((result) => 'pid' in result);
    if (process === undefined) throw new Error('no result of the whole process');
    return { summary, threads: results.filter((result) => 'tid' in result), process, procDelta };
  } finally {
    await workload.end();
  }
}

function expectExactCounts({ summary, threads, process, procDelta }: Counted): void {
  for (const truth of threads) {
    const row = threadOf(summary, numberOf(truth, 'tid'));
    expect(truth.majflt).toBe(PAGES);
    expect(row).toMatchObject({ majorFaults: PAGES, kernelMajorFaults: PAGES, alive: true, name: 'counter' });
    expect(row.faultLatency.count + row.majorFaultsNoSleep).toBe(PAGES);
  }
  expect(process.majflt).toBe(PAGES * THREADS);
  expect(procDelta).toBe(PAGES * THREADS);
  expect(summary.totals.majorFaults).toBe(PAGES * THREADS);
  expect(summary.quality.coverage).toEqual({ traced: PAGES * THREADS, kernel: PAGES * THREADS, fraction: 1 });
  expectNothingLost(summary);
  expectAccountsToClose(summary);
}

describe.each(bpftraces())('with the bpftrace of $release', ({ path }) => {
  test('every major fault of every thread is counted, and none twice', async () => {
    const counted = await count(path);
    expectExactCounts(counted);
    const { summary } = counted;
    for (const truth of counted.threads) {
      const row = threadOf(summary, numberOf(truth, 'tid'));
      const faults = row.waits.filter(({ cause }) => cause === 'fault');
      expect(faults.map(({ syscall }) => syscall)).toEqual([null]);
      expect(row.faultWaitNs).toBe(faults[0]?.totalNs);
    }
  });

  test('faults that the kernel takes inside pwrite(2) are faults, and say in which syscall', async () => {
    const counted = await count(path, '--write-from-mapping');
    expectExactCounts(counted);
    for (const truth of counted.threads) {
      const row = threadOf(counted.summary, numberOf(truth, 'tid'));
      const [longest] = row.waits.filter(({ syscall }) => syscall === 'pwrite64');
      expect(longest).toMatchObject({ cause: 'fault', count: row.faultLatency.count });
      expect(row.faultWaitNs).toBe(longest?.totalNs);
      // How many of them sleep is up to the disk: a fast one has answered before the thread could.
      expect(row.faultLatency.count).toBeGreaterThan(0);
    }
  });
});
