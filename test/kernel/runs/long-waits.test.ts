import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Trace } from '../../../src/model/trace.js';
import { readRecording } from '../recording/read.js';
import { Faultscope } from '../support/faultscope.js';
import { bpftracesOf, majorFaultsOf } from '../support/processes.js';
import { startWorkload, type Workload } from '../support/workload.js';

/** A program that takes 300 major faults a second, for as long as `use` takes, and a directory for what that leaves. */
async function withTarget(use: (target: Workload, directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync('/var/tmp/faultscope-waits-');
  const target = await startWorkload('coldmmap', ['--dir', directory, '--rate', '300', '--mib', '64']);
  try {
    await use(target, directory);
  } finally {
    await target.end();
    rmSync(directory, { recursive: true });
  }
}

const argsFor = (target: Workload) => ['--pid', String(target.pid), '--interval', '500ms'];

// They wait more than they work: all at once.
describe.concurrent('in the long run', () => {
  test('a bpftrace that hangs in mid-session is given up: exit 1, saying so, and what was seen is written', () =>
    withTarget(async (target) => {
      const faultscope = new Faultscope(argsFor(target));
      const [bpftrace = -1] = await faultscope.attached(target.pid);
      await later(1000);
      process.kill(bpftrace, 'SIGSTOP');
      const { exitCode, stderr, summary } = await faultscope.outcome();
      expect(exitCode).toBe(1);
      expect(stderr).toContain('tracing ended early: bpftrace has told nothing for 30 s');
      expect(summary?.totals.majorFaults).toBeGreaterThan(50);
      expect(bpftracesOf(target.pid)).toEqual([]);
    }));

  test('after a while in which faultscope was stopped its counts are whole; single events that were lost are told', () =>
    withTarget(async (target) => {
      const faultscope = new Faultscope(argsFor(target));
      await faultscope.attached(target.pid);
      faultscope.kill('SIGSTOP');
      const before = majorFaultsOf(target.pid);
      await later(12_000);
      const whileStopped = majorFaultsOf(target.pid) - before;
      faultscope.kill('SIGCONT');
      await later(1500);
      target.kill('SIGSTOP');
      await later(1500);
      const { totals, quality, window } = await faultscope.finish();
      expect(whileStopped).toBeGreaterThan(1000);
      expect(totals.majorFaults).toBeGreaterThan(whileStopped);
      expect(quality.coverage.fraction).toBe(1);
      expect(window.durationNs).toBeGreaterThan(13e9);
    }));

  test('where the governor has figures read more rarely, each point in time still has the faults of its time', () =>
    withTarget(async (target, directory) => {
      const path = join(directory, 'slowed.fscope');
      const args = ['--budget', '0.001%', '--duration', '72s', '-o', path];
      const faultscope = new Faultscope(['record', ...argsFor(target), ...args]);
      const { exitCode, stderr } = await faultscope.outcome();
      expect(exitCode, stderr).toBe(0);
      const { paces, faults } = pointsOf(path);
      expect(paces).toEqual([2, 4, 8]);
      expect(faults.length).toBeGreaterThan(3);
      for (const count of faults) expect(count, faults.join(', ')).toBeGreaterThan(0);
    }));
});

/** How often figures were read, by the governor's decisions, and the faults of each point since the first but the last, which ends it. */
function pointsOf(path: string): { readonly paces: number[]; readonly faults: number[] } {
  const { records } = readRecording(path);
  const [session] = records.filter((record) => record.kind === 'session');
  if (session === undefined) throw new Error('a recording without a session');
  const trace = new Trace(session);
  const [paces, faults]: [number[], number[]] = [[], []];
  for (const record of records) {
    trace.apply(record);
    if (record.kind === 'governor' && record.did === 'slowed') paces.push(record.pace);
    if (record.kind === 'tick' && paces.length > 0) faults.push(trace.latestPoint?.majorFaults ?? 0);
  }
  return { paces, faults: faults.slice(1, -1) };
}
