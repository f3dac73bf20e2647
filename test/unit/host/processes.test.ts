import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pageSizeBytes } from '../../../src/host/page-size.js';
import { ProcessTable } from '../../../src/host/processes.js';
import { FakeProc } from './fake-proc.js';

let proc: FakeProc;
beforeEach(() => {
  proc = new FakeProc();
});
afterEach(() => proc.remove());

describe('the list of processes', () => {
  test('has the user processes of the host, and no kernel thread, zombie or ourselves', async () => {
    proc.process(2, { comm: 'kthreadd', flags: 2129984 }, [], null);
    proc.process(3, { state: 'Z' }, [], null);
    proc.process(process.pid);
    proc.process(10, { comm: 'db', majorFaults: 5, threads: 9, rssPages: 3 }, ['db', '--data', '/x']);
    const table = new ProcessTable(proc.root);
    await table.scan();
    expect(table.rows()).toEqual([
      {
        pid: 10,
        comm: 'db',
        cmdline: 'db --data /x',
        majorFaultRateHz: null,
        majorFaults: 5,
        threads: 9,
        rssBytes: 3 * pageSizeBytes(),
      },
    ]);
  });

  test('puts the worst major fault rate first from the second scan on', async () => {
    proc.process(10, { majorFaults: 1000 });
    proc.process(11, { majorFaults: 0 });
    proc.process(12, { majorFaults: 10 });
    const table = new ProcessTable(proc.root);
    await table.scan();
    expect(table.rows().map(({ pid }) => pid)).toEqual([10, 12, 11]);
    proc.updateProcess(11, { majorFaults: 50 });
    await table.scan();
    expect(table.rows().map(({ pid }) => pid)).toEqual([11, 10, 12]);
    expect(table.rows()[0]?.majorFaultRateHz).toBeGreaterThan(0);
    expect(table.rows()[1]?.majorFaultRateHz).toBe(0);
  });

  test('does not lay the faults of one process to the next one with its PID', async () => {
    proc.process(10, { startTicks: 5, majorFaults: 0 });
    const table = new ProcessTable(proc.root);
    await table.scan();
    proc.process(10, { startTicks: 6, majorFaults: 70, comm: 'next' }, ['next']);
    await table.scan();
    expect(table.rows()[0]).toMatchObject({ majorFaultRateHz: null, cmdline: 'next' });
  });

  test('forgets a process that ended', async () => {
    proc.process(10);
    const table = new ProcessTable(proc.root);
    await table.scan();
    proc.endProcess(10);
    await table.scan();
    expect(table.rows()).toEqual([]);
  });

  test('tells its listeners of every scan until they leave', async () => {
    const table = new ProcessTable(proc.root);
    let calls = 0;
    const leave = table.onChange(() => {
      calls += 1;
    });
    await table.scan();
    leave();
    await table.scan();
    expect(calls).toBe(1);
  });

  test('is scanned again and again until it is stopped', async () => {
    const table = new ProcessTable(proc.root);
    let calls = 0;
    const third = new Promise<void>((resolve) => {
      table.onChange(() => {
        calls += 1;
        if (calls === 3) resolve();
      });
    });
    table.start(1);
    await third;
    table.stop();
    const stoppedAt = calls;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(calls).toBeLessThanOrEqual(stoppedAt + 1);
  });

  test('of this host contains our parent', async () => {
    const table = new ProcessTable();
    await table.scan();
    expect(table.rows().map(({ pid }) => pid)).toContain(process.ppid);
  });
});
