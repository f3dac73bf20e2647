import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Faultscope } from '../support/faultscope.js';
import { bpftracesOf, peakMemoryKiB } from '../support/processes.js';
import { numberOf, startWorkload } from '../support/workload.js';

const THREADS = 5000;
const SECONDS = 5;

const directory = mkdtempSync('/var/tmp/faultscope-storm-');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('5,000 threads that rename themselves, map, fault and end at full rate: nothing false is told, in bounded memory', async () => {
  const sizes = ['--threads', String(THREADS), '--seconds', String(SECONDS)];
  const workload = await startWorkload('hostilestorm', ['--dir', directory, '--hold', ...sizes]);
  try {
    const observer = new Faultscope(['--pid', String(workload.pid)]);
    await observer.attached(workload.pid);
    workload.go();
    const [truth] = await workload.events('result', 1);
    const peakKiB = peakMemoryKiB(observer.pid);
    const { totals, threads, quality, files } = await observer.success();

    const lives = (truth && numberOf(truth, 'lives')) ?? 0;
    expect(lives).toBeGreaterThan(100);
    // Besides them the first thread, the one that starts the others, and the one that renames files.
    expect(totals).toMatchObject({ threadsEnded: lives + 3, threadsAlive: 0 });
    // Of its life before it was observed there are some more.
    expect(totals.majorFaults).toBeLessThanOrEqual((truth && numberOf(truth, 'majflt')) ?? 0);
    const told = workload.said('tid');
    const faults = told.reduce((sum, line) => sum + numberOf(line, 'majflt'), 0);
    expect(totals.majorFaults).toBeGreaterThanOrEqual(faults);
    const truthOf = new Map(told.map((line) => [numberOf(line, 'tid'), numberOf(line, 'majflt')]));
    for (const { tid, majorFaults } of threads) {
      if (majorFaults > 0) expect(majorFaults, `thread ${tid}`).toBeLessThanOrEqual(truthOf.get(tid) ?? 0);
    }
    expect(quality.worstResidueFraction).toBeLessThan(0.02);
    for (const { path } of files ?? []) expect(path).toMatch(/faultscope-storm-/);
    expect(peakKiB).toBeLessThan(512 * 1024);
    expect(bpftracesOf(workload.pid)).toEqual([]);
  } finally {
    await workload.end();
  }
});
