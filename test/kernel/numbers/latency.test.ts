import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Summary, SummaryLatency, SummaryThread } from '../../../src/export/summary-format.js';
import { expectAccountsToClose, expectNothingLost, threadOf } from '../support/account.js';
import { bpftraces } from '../support/bpftraces.js';
import { Faultscope } from '../support/faultscope.js';
import { numberOf, startWorkload, type WorkloadEvent } from '../support/workload.js';

/** What the reader's own clock readings may cost it, and what one page may differ by. */
const SLACK_NS = 100_000;
/** What the hypervisor may take from the reader around one fault: off-CPU time to the reader, none to the fault. */
const STOLEN_NS = 3_000_000;
/** A bucket's middle is at most an eighth off. */
const BUCKET = 0.125;
/** Ahead of everything else on the machine, so that the reader's measure is of the fault and not of the load. */
const AT_ONCE = ['chrt', '--fifo', '50'];

interface Measured {
  readonly summary: Summary;
  readonly row: SummaryThread;
  /** What the reader measured itself. */
  readonly truth: WorkloadEvent;
}

/** Traces one thread that reads `pages` pages, each answered `delayMs` after it was asked for. */
async function measure(bpftrace: string, delayMs: number, pages: number, exact: boolean): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), 'faultscope-fuse-'));
  const file = join(directory, 'file');
  const server = await startWorkload('fusedelay', ['--file', file, '--delay', String(delayMs / 1000)], AT_ONCE);
  try {
    const reader = await startWorkload('fusereader', ['--file', file, '--pages', String(pages), '--hold'], AT_ONCE);
    try {
      const args = ['--pid', String(reader.pid), '--interval', '200ms', '--bpftrace', bpftrace];
      const faultscope = new Faultscope(exact ? [...args, '--exact'] : args);
      await faultscope.attached(reader.pid, exact ? 2 : 1);
      reader.go();
      const [truth] = await reader.events('result', 1);
      await later(1000);
      const summary = await faultscope.finish();
      if (truth === undefined) throw new Error('the reader said nothing');
      return { summary, row: threadOf(summary, numberOf(truth, 'tid')), truth };
    } finally {
      await reader.end();
    }
  } finally {
    server.kill('SIGTERM');
    await server.results();
    await server.end();
    rmSync(directory, { recursive: true });
  }
}

/** Within 5 % or 100 us, whichever is more. */
function expectNear(name: string, ns: number | null, trueNs: number): void {
  expect(Math.abs((ns ?? 0) - trueNs), `${name}: ${ns} instead of ${trueNs}`).toBeLessThan(
    Math.max(trueNs * 0.05, SLACK_NS),
  );
}

function expectTrueLatency(latency: SummaryLatency | undefined, truth: WorkloadEvent): void {
  const trueP50Ns = numberOf(truth, 'p50Ns');
  expect(latency?.count).toBe(truth.touched);
  expect(Math.abs((latency?.p50Ns ?? 0) - trueP50Ns)).toBeLessThan(trueP50Ns * BUCKET + SLACK_NS);
  // A fault's latency begins when its thread leaves the CPU; what passed before is in the reader's measure only.
  const maxNs = latency?.maxNs ?? 0;
  expect(maxNs).toBeLessThan(numberOf(truth, 'maxNs') + SLACK_NS);
  expect(maxNs).toBeGreaterThan(numberOf(truth, 'maxOffCpuNs') * 0.95 - STOLEN_NS);
}

describe.each(bpftraces())('with the bpftrace of $release', ({ path }) => {
  test.each([
    { delayMs: 2, pages: 293, exact: false },
    { delayMs: 20, pages: 61, exact: true },
  ])(
    '$pages pages that take $delayMs ms each are told to take that (--exact: $exact)',
    async ({ delayMs, pages, exact }) => {
      const { summary, row, truth } = await measure(path, delayMs, pages, exact);
      expect(row).toMatchObject({ majorFaults: pages, majorFaultsNoSleep: 0, kernelMajorFaults: pages });
      expect(truth.majflt).toBe(pages);
      const meanNs = row.faultWaitNs / pages;
      // The reader's clock goes on while it is on the CPU or waits for one, the wait inside the fault does not.
      expectNear('mean', meanNs + (row.onCpuNs + row.runQueueNs) / pages, numberOf(truth, 'meanNs'));
      expect(meanNs).toBeLessThan(numberOf(truth, 'meanNs'));
      expect(meanNs).toBeGreaterThan(delayMs * 1e6 - SLACK_NS);
      expectTrueLatency(row.faultLatency, truth);
      expectTrueLatency(summary.totals.faultLatency, truth);
      if (exact) {
        expectTrueLatency(row.exactFaultLatency, truth);
        expectTrueLatency(summary.totals.exactFaultLatency, truth);
        expect(row.userFaults).toBeGreaterThanOrEqual(pages);
      }
      expect(summary.longestFaults[0]?.latencyNs).toBe(row.faultLatency.maxNs);
      expect(summary.quality.coverage.fraction).toBe(1);
      expectNothingLost(summary);
      expectAccountsToClose(summary);
    },
  );
});
