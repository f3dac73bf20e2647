import { expect, test } from 'vitest';
import { expectAccountsToClose, expectNothingLost } from '../support/account.js';
import { Faultscope } from '../support/faultscope.js';
import { majorFaultsOf } from '../support/processes.js';
import { numberOf, startWorkload } from '../support/workload.js';

test('a thread that gets the number of an ended one has a row of its own, both complete from birth to end', async () => {
  const workload = await startWorkload('reusedtid', ['--hold']);
  try {
    const faultscope = new Faultscope(['--pid', String(workload.pid), '--interval', '200ms']);
    await faultscope.attached(workload.pid);
    workload.go();
    const [first, second] = await workload.events('result', 2);
    const summary = await faultscope.finish();
    expect(second?.tid).toBe(first?.tid);
    const rows = summary.threads.filter(({ tid }) => tid === first?.tid);
    expect(
      rows.map(({ majorFaults, kernelMajorFaults, alive }) => ({ majorFaults, kernelMajorFaults, alive })),
    ).toEqual([
      { majorFaults: 101, kernelMajorFaults: 101, alive: false },
      { majorFaults: 211, kernelMajorFaults: 211, alive: false },
    ]);
    // Each lived 50 ms after its last fault; an account that began later than at birth, or ran on, would not close.
    for (const { lifetimeNs, faultWaitNs, residueNs } of rows) {
      expect(lifetimeNs).toBeGreaterThan(faultWaitNs + 50e6);
      expect(Math.abs(residueNs) / lifetimeNs).toBeLessThan(0.001);
    }
    expect(summary.quality.coverage.fraction).toBe(1);
    expectNothingLost(summary);
  } finally {
    await workload.end();
  }
});

test('a thousand threads a second that fault and end: none is missed, nothing they did is lost', async () => {
  const workload = await startWorkload('threadchurn', ['--hold', '--seconds', '4', '--rate', '1000']);
  try {
    const faultscope = new Faultscope(['--pid', String(workload.pid)]);
    await faultscope.attached(workload.pid);
    const before = majorFaultsOf(workload.pid);
    workload.go();
    const [truth] = await workload.results();
    const summary = await faultscope.success();
    if (truth === undefined) throw new Error('no result');
    const started = numberOf(truth, 'started');
    expect(started).toBeGreaterThan(1000);
    expect(summary.totals.majorFaults).toBe(numberOf(truth, 'majflt') - before);
    // Besides the short-lived ones: the first thread, the churner and four that stay until the process ends.
    expect(summary.totals).toMatchObject({ threadsEnded: started + 6, threadsAlive: 0 });
    const faulted = summary.threads.filter(({ majorFaults }) => majorFaults > 0);
    expect(faulted.every(({ majorFaults, kernelMajorFaults }) => majorFaults === kernelMajorFaults)).toBe(true);
    expect(faulted.reduce((sum, { majorFaults }) => sum + majorFaults, 0)).toBe(summary.totals.majorFaults);
    expectNothingLost(summary);
    expectAccountsToClose(summary);
  } finally {
    await workload.end();
  }
});

test('a thread beside the first that calls execve(2) has a row of its own under the number it takes over', async () => {
  const workload = await startWorkload('execthread', ['--hold']);
  try {
    const faultscope = new Faultscope(['--pid', String(workload.pid), '--interval', '200ms']);
    await faultscope.attached(workload.pid);
    const before = majorFaultsOf(workload.pid);
    workload.go();
    const [first, second] = await workload.events('result', 2);
    if (first === undefined || second === undefined) throw new Error('no results');
    const summary = await faultscope.success();
    expect(second.tid).toBe(first.tid);
    const rows = summary.threads.filter(({ tid }) => tid === workload.pid);
    const [former, latter] = [
      numberOf(first, 'majflt') - before,
      numberOf(second, 'majflt') - numberOf(second, 'before'),
    ];
    expect(rows.map(({ majorFaults, alive }) => ({ majorFaults, alive }))).toEqual([
      { majorFaults: former, alive: false },
      { majorFaults: latter, alive: false },
    ]);
    // Each rested for 300 ms after its last fault.
    for (const { lifetimeNs, faultWaitNs } of rows) expect(lifetimeNs).toBeGreaterThan(faultWaitNs + 300e6);
    // The former's wait for its end comes with the same reading as the latter's first ones, and is told as one of those.
    const life = rows.reduce((sum, { lifetimeNs }) => sum + lifetimeNs, 0);
    const residue = rows.reduce((sum, { residueNs }) => sum + residueNs, 0);
    expect(Math.abs(residue) / life).toBeLessThan(0.01);
    expect(summary.totals.majorFaults).toBe(former + numberOf(second, 'majflt'));
    expectNothingLost(summary);
  } finally {
    await workload.end();
  }
});
