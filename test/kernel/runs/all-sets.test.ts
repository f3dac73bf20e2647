import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/model/snapshot.js';
import type { ProbeSet } from '../../../src/record/record.js';
import { bpftracesOf } from '../support/processes.js';
import { RecordedSession } from '../support/recorded-session.js';
import { until } from '../support/until.js';
import { startWorkload } from '../support/workload.js';

const TOUCHES = 1000;
const PAUSE_S = 0.002;

const directory = mkdtempSync('/var/tmp/faultscope-all-sets-');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const faultReads = ({ storage }: Snapshot): number =>
  (storage?.devices ?? [])
    .flatMap(({ flows }) => flows)
    .filter(({ origin, write }) => origin === 'fault' && !write)
    .reduce((sum, { count }) => sum + count, 0);

test('all sets at once count the same faults, whichever of them is killed or switched off and on meanwhile', async () => {
  const workload = await startWorkload('touchpages', [
    ...['--file', join(directory, 'data'), '--touches', String(TOUCHES), '--pause', String(PAUSE_S)],
  ]);
  const session = new RecordedSession(workload.pid, {
    sets: ['pagecache', 'stacks', 'storage', 'requests'],
    exact: 'on',
  });
  const statusOf = (name: ProbeSet) => session.ofKind('probe').findLast(({ set }) => set === name);
  const isNow = (name: ProbeSet, state: string) =>
    until(`the set ${name} to be ${state}`, () => statusOf(name)?.state === state);
  try {
    await session.start();
    await isNow('entry', 'running');
    const others = bpftracesOf(workload.pid);
    expect(others).toHaveLength(6);
    session.toggle('wakers');
    await isNow('wakers', 'running');
    const [wakers = -1] = bpftracesOf(workload.pid).filter((pid) => !others.includes(pid));
    workload.go();

    process.kill(wakers, 'SIGKILL');
    await isNow('wakers', 'failed');
    expect(statusOf('wakers')?.detail).toBe('bpftrace was killed by SIGKILL');
    session.toggle('wakers');
    session.toggle('storage');
    await isNow('storage', 'stopped');
    const atFirst = faultReads(session.snapshot());
    // Faster than it starts; the program stands still meanwhile, so that it does not end before.
    workload.kill('SIGSTOP');
    for (let press = 0; press < 3; press += 1) session.toggle('storage');
    await isNow('storage', 'running');
    await isNow('wakers', 'running');
    expect(bpftracesOf(workload.pid)).toHaveLength(7);
    workload.kill('SIGCONT');
    const [truth] = await workload.events('result', 1);
    await later(500);
    await session.stop();
    expect(bpftracesOf(workload.pid)).toEqual([]);

    const end = session.snapshot();
    const { totals, quality, pageCache, stacks, probes } = end;
    expect(truth?.fileMajflt).toBe(TOUCHES);
    expect(totals.majorFaults).toBe(TOUCHES);
    expect(quality.coverage.fraction).toBe(1);
    expect(totals.exactFaultLatency?.count).toBe(TOUCHES);
    expect(stacks?.faults.count).toBe(TOUCHES);
    expect(pageCache?.majorFaults).toBe(TOUCHES);
    expect(pageCache?.causes.reduce((sum, { majorFaults }) => sum + majorFaults, 0)).toBe(TOUCHES);
    // Each reads one page, and none is counted twice; those read while the set was off are in none.
    expect(atFirst).toBeGreaterThan(0);
    expect(faultReads(end)).toBeGreaterThan(atFirst);
    expect(faultReads(end)).toBeLessThan(TOUCHES);
    expect(end.wakers?.waits).toBeGreaterThan(0);
    expect(probes.map(({ state }) => state)).toEqual(probes.map(() => 'stopped'));
  } finally {
    await session.stop();
    await workload.end();
  }
});
