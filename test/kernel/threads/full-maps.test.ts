import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../../src/export/summary-format.js';
import type { Variant } from '../../../src/probe/variants.js';
import { expectNothingLost, threadOf } from '../support/account.js';
import { bpftraces } from '../support/bpftraces.js';
import { DirectProbe } from '../support/direct-probe.js';
import { numberOf, startWorkload, type WorkloadEvent } from '../support/workload.js';

const TRACEPOINT: Variant = { name: 'tracepoint', registers: 'x86-64', patches: [] };
const PAGES = 1511;
const THREADS = 4;
const ACTIVE = 3;

interface Run {
  readonly summary: Summary;
  readonly truths: readonly WorkloadEvent[];
}

/** Counts with kernel maps that are too small. */
async function count(bpftrace: string, mapKeys: number, threads: number): Promise<Run> {
  const workload = await startWorkload('count', ['--threads', String(threads), '--pages', String(PAGES)]);
  try {
    const probe = new DirectProbe({ pid: workload.pid, bpftrace, variant: TRACEPOINT, mapKeys });
    await probe.start();
    workload.go();
    const results = await workload.events('result', threads + 1);
    const summary = await probe.stop();
    return { summary, truths: results.filter((result) => 'tid' in result) };
  } finally {
    await workload.end();
  }
}

describe.each(bpftraces())('with the bpftrace of $release', ({ path }) => {
  test('counts stay exact while the script goes from one histogram map to the other', async () => {
    const workload = await startWorkload('manythreads', [
      '--threads',
      '0',
      '--active',
      String(ACTIVE),
      '--seconds',
      '4',
      '--hold',
    ]);
    try {
      const probe = new DirectProbe({ pid: workload.pid, bpftrace: path, variant: TRACEPOINT, cells: 5 });
      await probe.start();
      workload.go();
      const truths = (await workload.results()).filter((result) => 'tid' in result);
      // What a thread's end sends takes its way through bpftrace, which 0.27 cuts short where it is told to end meanwhile.
      await later(500);
      const summary = await probe.stop();
      expect(probe.epochs).toBeGreaterThan(4);
      expect(truths).toHaveLength(ACTIVE);
      for (const truth of truths) {
        const row = threadOf(summary, numberOf(truth, 'tid'));
        expect(row).toMatchObject({ majorFaults: truth.majflt, kernelMajorFaults: truth.majflt });
        expect(row.faultLatency.count + row.majorFaultsNoSleep).toBe(truth.majflt);
        expect(Math.abs(row.residueNs) / row.lifetimeNs).toBeLessThan(0.001);
      }
      expectNothingLost(summary);
    } finally {
      await workload.end();
    }
  });

  test('where a map is full, it is said how much is missing, and coverage and residue show it', async () => {
    // Four threads fill some sixty cells.
    const { summary, truths } = await count(path, 16, THREADS);
    const { coverage, droppedRecords, notes } = summary.quality;
    const missing = PAGES * THREADS - coverage.traced;
    expect(coverage.kernel).toBe(PAGES * THREADS);
    expect(missing).toBeGreaterThan(0);
    expect(coverage.fraction).toBeCloseTo(coverage.traced / (PAGES * THREADS));
    const texts = notes.map(({ text }) => text);
    expect(texts).toContainEqual(`kernel map full: ${missing} major faults are not counted, coverage shows how many`);
    expect(texts).toContainEqual(expect.stringMatching(/^kernel map full: \d+ waits are not counted by cause/));
    expect(droppedRecords).toBeGreaterThan(missing);
    const residues = truths.map((truth) => threadOf(summary, numberOf(truth, 'tid')).residueNs);
    expect(Math.max(...residues)).toBeGreaterThan(1e6);
  });

  test('threads for which there is no row any more are told of', async () => {
    const { summary } = await count(path, 4, 3 * THREADS);
    const texts = summary.quality.notes.map(({ text }) => text);
    expect(texts).toContainEqual(expect.stringMatching(/switches of threads without a row are not counted/));
  });
});
