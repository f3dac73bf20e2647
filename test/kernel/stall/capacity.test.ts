import { setTimeout as later } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Faultscope } from '../support/faultscope.js';
import { withSlowGoread } from '../support/slow-goread.js';
import { traced } from '../support/traced.js';
import { AHEAD, numberOf, startWorkload, Workload } from '../support/workload.js';

test('where GOMAXPROCS changes while it runs, full stalls are counted by what it was at the time', async () => {
  const argv = ['-readers', '3', '-seconds', '5', '-then', '6'];
  const { summary, truth } = await withSlowGoread(4, 2, argv, (workload) =>
    traced(workload, [], async () => {
      await later(2500);
      workload.kill('SIGUSR1');
      await workload.events('gomaxprocs', 1);
    }),
  );
  expect(summary.target.runtime).toMatchObject({ capacity: 6 });
  // Three readers fill two Ps all the time, and never six.
  const share = numberOf(truth, 'fullStallNs') / numberOf(truth, 'durationNs');
  expect(share).toBeGreaterThan(0.3);
  expect(share).toBeLessThan(0.7);
  const told = (summary.totals.fullStallNs ?? 0) / numberOf(truth, 'durationNs');
  expect(Math.abs(told - share)).toBeLessThan(0.03);
});

test('a program without a runtime has the capacity it is given', async () => {
  const workload = await startWorkload('coldmmap', ['--hold', '--threads', '3', '--seconds', '3'], AHEAD);
  try {
    const faultscope = new Faultscope(['--pid', String(workload.pid), '--interval', '300ms', '--capacity', '2']);
    await faultscope.attached(workload.pid);
    workload.go();
    // Three readers, the sleeper, the evictor, and the process.
    await workload.events('result', 6);
    const summary = await faultscope.success();
    expect(summary.target.runtime).toMatchObject({ kind: 'native', capacity: 2 });
    const { levelNs = [], sampledNs = 0 } = summary.stalls ?? {};
    // No more than three are ever stuck at once, and the time at all levels is all of the time.
    expect(levelNs.slice(4).every((ns) => ns === 0)).toBe(true);
    expect(levelNs.reduce((sum, ns) => sum + ns, 0)).toBe(sampledNs);
    expect(summary.totals.fullStallNs).toBe((levelNs[2] ?? 0) + (levelNs[3] ?? 0));
    // The time integral of the level is the time of all threads in faults: asleep, then in the run queue, then on the CPU,
    // where the kernel finishes the fault; how long that is differs from host to host, but it is system time.
    const stuckNs = levelNs.reduce((sum, ns, level) => sum + ns * level, 0);
    const { process, durationNs = 0 } = summary.symptoms ?? {};
    const systemNs = (process?.systemCpus ?? 0) * durationNs;
    const queuedNs = summary.threads.reduce((sum, { runQueueNs }) => sum + runQueueNs, 0);
    expect(stuckNs).toBeGreaterThan(summary.totals.faultWaitNs * 0.95);
    expect(stuckNs).toBeLessThan((summary.totals.faultWaitNs + queuedNs + systemNs) * 1.05);
  } finally {
    await workload.end();
  }
});

test('without a runtime and without --capacity there is a level, and no full stall', async () => {
  const workload = await startWorkload('coldmmap', ['--hold', '--threads', '3', '--seconds', '2']);
  try {
    const faultscope = new Faultscope(['--pid', String(workload.pid), '--interval', '300ms']);
    await faultscope.attached(workload.pid);
    workload.go();
    await workload.events('result', 6);
    const summary = await faultscope.success();
    expect(summary.totals).toMatchObject({ fullStallNs: null, fullStalls: null, lostParallelism: null });
    expect(summary.stalls?.levelNs[1]).toBeGreaterThan(0);
  } finally {
    await workload.end();
  }
});

test('a Node program has one event loop; what its thread pool waits for is no full stall', async () => {
  const script = `
    const { readFile } = require('node:fs');
    console.log(JSON.stringify({ event: 'ready' }));
    setInterval(() => readFile(process.execPath, () => {}), 20);`;
  const workload = new Workload(process.execPath, ['-e', script]);
  try {
    await workload.events('ready', 1);
    const faultscope = new Faultscope(['--pid', String(workload.pid), '--interval', '300ms']);
    await faultscope.attached(workload.pid);
    await later(1500);
    const summary = await faultscope.finish();
    expect(summary.target.runtime).toMatchObject({ kind: 'node', version: process.version, capacity: 1 });
    expect(summary.totals.fullStallNs).toBe(0);
  } finally {
    await workload.end();
  }
});
