import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../../src/export/summary-format.js';
import type { SummaryFile } from '../../../src/export/summary-format-files.js';
import { newestBpftrace } from '../support/bpftraces.js';
import { Faultscope } from '../support/faultscope.js';
import { measureBefore } from '../support/measure-before.js';
import { startWorkload, type WorkloadEvent } from '../support/workload.js';

/** What patterns rest on is the same with all of them. */
const NEWEST = newestBpftrace();

describe.each(NEWEST)('three files read in three orders, with the bpftrace of $release', ({ path }) => {
  let summary: Summary;
  let truths: readonly WorkloadEvent[];

  measureBefore(async () => {
    const workload = await startWorkload('patterns', ['--hold']);
    try {
      const faultscope = new Faultscope(['--pid', String(workload.pid), '--bpftrace', path]);
      await faultscope.attached(workload.pid);
      workload.go();
      await later(6000);
      workload.kill('SIGTERM');
      truths = await workload.results();
      summary = await faultscope.success();
    } finally {
      await workload.end();
    }
  });

  function fileAndTruth(name: string): { file: SummaryFile; faults: number; bytes: number } {
    const truth = truths.find((each) => each.name === name);
    const pages = Number(truth?.pages);
    const file = summary.files.find((each) => each.path?.endsWith(`/faultscope-cold-${pages}.dat`));
    if (file === undefined) throw new Error(`no file of ${name}`);
    return { file, faults: Number(truth?.majflt), bytes: pages * 4096 };
  }

  test.each([
    ['scan', 'sequential'],
    ['random', 'random'],
    ['hot', 'clustered'],
  ])('the one that "%s" reads is %s', (name, kind) => {
    const { file } = fileAndTruth(name);
    expect(file.pattern).toMatchObject({ kind });
    if (kind === 'sequential') expect(file.pattern?.sequentialFraction).toBeGreaterThan(0.9);
    // Far from a scan; the hot tenth has had 0.005 to 0.126 from one run to the next.
    else expect(file.pattern?.sequentialFraction).toBeLessThan(file.exact ? 0.25 : 0.5);
  });

  test('the hot tenth is named by its bytes', () => {
    const { file, bytes } = fileAndTruth('hot');
    const { fromByte = 0, toByte = 0 } = file.pattern?.hotRange ?? {};
    expect(fromByte / bytes).toBeGreaterThan(0.58);
    expect(toByte / bytes).toBeLessThan(0.72);
    expect(toByte - fromByte).toBeGreaterThan(0.06 * bytes);
  });

  test('each has the faults of its thread: all of them where the kernel counts, else as near as single ones tell', () => {
    for (const name of ['scan', 'random', 'hot']) {
      const { file, faults } = fileAndTruth(name);
      const slack = file.exact ? 0 : 0.5 * faults;
      expect(Math.abs(file.majorFaults - faults), name).toBeLessThanOrEqual(slack);
    }
  });

  test('files and what could not be placed are all faults, none twice', () => {
    const { majorFaults = 0, unplacedFaults = 0 } = summary.filesRest ?? {};
    const all = summary.files.reduce((sum, file) => sum + file.majorFaults, majorFaults + unplacedFaults);
    const slack = summary.files.some(({ exact }) => exact) ? 0 : 0.05 * summary.totals.majorFaults;
    expect(Math.abs(all - summary.totals.majorFaults)).toBeLessThanOrEqual(slack);
  });
});
