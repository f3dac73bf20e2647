import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Faultscope } from '../support/faultscope.js';
import { bpftracesOf, majorFaultsOf } from '../support/processes.js';
import { startWorkload, type Workload } from '../support/workload.js';

let target: Workload;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync('/var/tmp/faultscope-injected-');
  target = await startWorkload('coldmmap', ['--dir', directory, '--rate', '300', '--mib', '64']);
});
afterEach(async () => {
  await target.end();
  rmSync(directory, { recursive: true });
});

const args = () => ['--pid', String(target.pid), '--interval', '500ms'];

test('a bpftrace that hangs in mid-session is given up: exit 1, saying so, and what was seen is written', async () => {
  const faultscope = new Faultscope(args());
  const [bpftrace = -1] = await faultscope.attached(target.pid);
  await later(1000);
  process.kill(bpftrace, 'SIGSTOP');
  const { exitCode, stderr, summary } = await faultscope.outcome();
  expect(exitCode).toBe(1);
  expect(stderr).toContain('tracing ended early: bpftrace has told nothing for 30 s');
  expect(summary?.totals.majorFaults).toBeGreaterThan(50);
  expect(bpftracesOf(target.pid)).toEqual([]);
});

test('after a while in which faultscope was stopped its counts are whole; single events that were lost are told', async () => {
  const faultscope = new Faultscope(args());
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
});

test('tracefs that is unmounted meanwhile takes nothing from what is traced already', async () => {
  const faultscope = new Faultscope(args(), { before: ['unshare', '--mount', '--propagation', 'private'] });
  await faultscope.attached(target.pid);
  execFileSync('nsenter', ['--target', String(faultscope.pid), '--mount', 'umount', '--lazy', '/sys/kernel/tracing']);
  const before = majorFaultsOf(target.pid);
  await later(2000);
  target.kill('SIGSTOP');
  await later(1200);
  const { totals, quality } = await faultscope.finish();
  expect(totals.majorFaults).toBeGreaterThanOrEqual(majorFaultsOf(target.pid) - before);
  expect(quality.coverage.fraction).toBe(1);
});
