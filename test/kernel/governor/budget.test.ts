import { machine, release } from 'node:os';
import { setTimeout as later } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { summaryOf } from '../../../src/export/summary.js';
import { monotonicNs } from '../../../src/host/clock.js';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord, SessionRecord, SystemRecord } from '../../../src/record/record.js';
import { CostControl } from '../../../src/session/cost-control.js';
import { EntrySet } from '../../../src/session/entry-set.js';
import type { SessionOptions } from '../../../src/session/session.js';
import { storageSet } from '../../../src/session/storage-set.js';
import { bpftracesOf } from '../support/processes.js';
import { until } from '../support/until.js';
import { startWorkload } from '../support/workload.js';

/** The governor's minutes in seconds: its clock runs so many times as fast, what things cost on it is as many times less. */
const FASTER = 20n;
const fastNs = (): bigint => monotonicNs() * FASTER;

const TICK_MS = 100;

/** What the target has used of the CPUs by a moment of that clock, at so many CPUs from `sinceNs` on. */
function system(cpus: number, sinceNs: bigint): SystemRecord {
  const userTicks = Math.round((Number(fastNs() - sinceNs) / 1e7) * cpus);
  const host = { userTicks, systemTicks: 0, iowaitTicks: 0, idleTicks: 0, stealTicks: 0 };
  return { kind: 'system', atNs: fastNs(), userTicks, systemTicks: 0, host, memoryPressure: null, ioPressure: null };
}

test('a set that does not fit into the budget is stopped, which is said, and comes back when there is room', async () => {
  const target = await startWorkload('manythreads', ['--threads', '5', '--active', '1']);
  const records: FaultscopeRecord[] = [];
  const emit = (record: FaultscopeRecord): void => {
    records.push({ ...record, ...('atNs' in record ? { atNs: fastNs() } : {}) } as FaultscopeRecord);
  };
  const facts = { pid: target.pid, comm: 'manythreads', exe: null, launched: false };
  // Next to nothing, and all that one could wish once the target has much to do.
  const budget = { corePpm: 1, targetPpm: 1_000_000 };
  const options: SessionOptions = {
    toolVersion: 'test',
    host: { kernel: release(), arch: machine(), cpus: 2, bpftrace: null },
    target: facts,
    bpftrace: '/usr/bin/bpftrace',
    intervalMs: 1000,
    exact: 'auto',
    sets: [],
    capacity: null,
    budget,
    threads: 8,
    emit,
  };
  const storage = storageSet(options, emit);
  const control = new CostControl({
    budget,
    intervalMs: options.intervalMs,
    entry: new EntrySet(options, emit),
    optional: new Map([['storage', storage]]),
    mainPid: () => null,
    emit,
    nowNs: fastNs,
  });
  const sinceNs = fastNs();
  const session: SessionRecord = {
    ...{ kind: 'session', formatVersion: 1, toolVersion: 'test', startedAtMs: Date.now(), atNs: sinceNs },
    ...{ host: options.host, target: facts, syscallTable: 'x86_64' },
  };
  const overhead = () => {
    const trace = new Trace(session);
    for (const record of records) trace.apply(record);
    return summaryOf(trace.snapshot(), { findings: [], allClear: null, whatIf: null }).quality;
  };
  const govern = async (cpus: number, done: () => boolean): Promise<void> => {
    const end = Date.now() + 60_000;
    while (!done() && Date.now() < end) {
      control.tick(system(cpus, sinceNs));
      await later(TICK_MS);
    }
  };
  const decided = (did: string) => records.some((record) => record.kind === 'governor' && record.did === did);
  try {
    await storage.start();
    expect(bpftracesOf(target.pid)).toHaveLength(1);
    await govern(0, () => decided('stopped') && storage.pid === null);
    const { overhead: stopped, notes, probes } = overhead();
    expect(stopped).toMatchObject({ stopped: ['storage'], decisions: [{ did: 'stopped', set: 'storage' }] });
    expect(notes.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^governor: stopped the probe set storage: /),
    ]);
    await until('the set to end', () => bpftracesOf(target.pid).length === 0);
    expect(probes.find(({ set }) => set === 'storage')?.detail ?? '').toMatch(/budget|^$/);
    await govern(1, () => decided('returned') && storage.pid !== null);
    expect(bpftracesOf(target.pid)).toHaveLength(1);
    expect(overhead().overhead).toMatchObject({ stopped: [] });
  } finally {
    await storage.stop();
    control.close();
    await target.end();
  }
});
