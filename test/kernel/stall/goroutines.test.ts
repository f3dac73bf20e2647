import { describe, expect, test } from 'vitest';
import { newestBpftrace } from '../support/bpftraces.js';
import { withSlowGoread } from '../support/slow-goread.js';
import { type Traced, traced } from '../support/traced.js';
import { numberOf, type WorkloadEvent } from '../support/workload.js';

interface Known extends Traced {
  /** What each goroutine says of itself. */
  readonly goroutines: readonly WorkloadEvent[];
}

/** Traces seven goroutines of three functions that read `pages` pages, or two or three times that. */
function known(pages: number, seconds: number, argv: readonly string[], args: readonly string[] = []): Promise<Known> {
  const own = ['-known', String(pages), '-seconds', String(seconds), ...argv];
  return withSlowGoread(4, 2, own, async (workload) => {
    const run = await traced(workload, args);
    return { ...run, goroutines: await workload.events('goroutine', 7) };
  });
}

function byFunction(goroutines: readonly WorkloadEvent[]): Map<string, number> {
  const faults = new Map<string, number>();
  for (const goroutine of goroutines) {
    const name = String(goroutine.name);
    faults.set(name, (faults.get(name) ?? 0) + numberOf(goroutine, 'touches'));
  }
  return faults;
}

function expectTrueFunctions({ summary, goroutines, truth }: Known): void {
  expect(numberOf(truth, 'majflt')).toBe(numberOf(truth, 'touches'));
  const told = summary.goroutines?.functions ?? [];
  for (const [name, faults] of byFunction(goroutines)) {
    const rows = told.filter(({ start }) => start === name);
    expect(rows, name).toHaveLength(1);
    expect(rows[0]).toMatchObject({ majorFaults: faults, pHoldingFaults: faults });
    expect(rows[0]?.faultWaitNs).toBeGreaterThan(faults * 3.9e6);
    expect(rows[0]?.pHoldingWaitNs).toBe(rows[0]?.faultWaitNs);
  }
  expect(told.reduce((sum, { majorFaults }) => sum + majorFaults, 0)).toBe(summary.totals.majorFaults);
}

describe.each(newestBpftrace())('with the bpftrace of $release', ({ path }) => {
  test('each goroutine is told with its ID, its start function and the number of its faults', async () => {
    // So slow that all single faults arrive.
    const run = await known(5, 5, ['-pause', '0.25'], ['--bpftrace', path]);
    expectTrueFunctions(run);
    expect(run.summary.quality.sampling.oneIn).toBe(1);
    const told = run.summary.goroutines?.top.filter(({ majorFaults }) => majorFaults > 0) ?? [];
    const expected = run.goroutines.map((truth) => ({
      goid: String(truth.goid),
      start: truth.name,
      majorFaults: truth.touches,
      pHolding: 1,
    }));
    const order = (a: { goid: string }, b: { goid: string }) => Number(a.goid) - Number(b.goid);
    expect(told.map(({ faultWaitNs: _, ...rest }) => rest).sort(order)).toEqual(expected.sort(order));
    expect(run.summary.goroutines?.seen).toBe(expected.length);
  });
});

test('where single faults are thinned out, functions stay exact and goroutines are estimated by weight', async () => {
  const run = await known(60, 4, []);
  expectTrueFunctions(run);
  const told = new Map(run.summary.goroutines?.top.map((row) => [row.goid, row]));
  for (const truth of run.goroutines) {
    expect(told.get(String(truth.goid))?.start).toBe(truth.name);
  }
  const estimated = [...told.values()].reduce((sum, { majorFaults }) => sum + majorFaults, 0);
  expect(estimated / run.summary.totals.majorFaults).toBeGreaterThan(0.95);
  expect(estimated).toBeLessThanOrEqual(run.summary.totals.majorFaults);
});

test('faults taken in C are told with their goroutine, and that they held no P', async () => {
  const run = await known(8, 3, ['-pause', '0.05', '-how', 'cgo']);
  const told = new Map(run.summary.goroutines?.functions.map((row) => [row.start, row]));
  for (const [name, faults] of byFunction(run.goroutines)) {
    expect(told.get(name)).toMatchObject({ majorFaults: faults, pHoldingFaults: 0, pHoldingWaitNs: 0 });
  }
});
