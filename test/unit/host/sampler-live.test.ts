import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { monotonicNs } from '../../../src/host/clock.js';
import { TaskSampler } from '../../../src/host/sampler.js';
import type { FaultscopeRecord, SampleRecord } from '../../../src/record/record.js';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(command: string, ...argv: string[]): Promise<ChildProcess & { pid: number }> {
  const child = spawn(command, argv, { stdio: 'ignore' });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(Object.assign(child, { pid: child.pid ?? -1 })));
  });
}

function samples(records: readonly FaultscopeRecord[]): readonly SampleRecord[] {
  return records.filter((record) => record.kind === 'sample');
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('every thread of this process is found, with the counts that /proc gives', () => {
  const tasks = new TaskSampler(process.pid);
  const { records, alive } = tasks.sample(monotonicNs, { readAll: true });
  expect(alive).toBe(true);
  const listed = readdirSync('/proc/self/task').map(Number);
  expect(samples(records).map(({ tid }) => tid)).toEqual(expect.arrayContaining(listed));
  const main = samples(records).find(({ tid }) => tid === process.pid);
  expect(main?.state).toBe('R');
  expect(main?.minorFaults).toBeGreaterThan(0);
  expect(main?.minorFaults).toBeLessThanOrEqual(process.resourceUsage().minorPageFault);
  tasks.close();
});

test('a sleeping process is seen waiting, in the system call it sleeps in', async () => {
  const child = await start('sleep', '60');
  await until(() => /^\d/.test(readFileSync(`/proc/${child.pid}/syscall`, 'latin1')));
  const [sample] = samples(new TaskSampler(child.pid).sample(monotonicNs).records);
  expect(sample?.state).toBe('S');
  expect(sample?.waitingIn?.syscall).toBeGreaterThanOrEqual(0);
});

test('a process that calls itself like a stat line is read like any other', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hostile-'));
  const name = 'x) R 1 (\n) Z 2';
  copyFileSync('/bin/sleep', join(directory, name));
  const child = await start(join(directory, name), '60');
  await until(() => /^\d/.test(readFileSync(`/proc/${child.pid}/syscall`, 'latin1')));
  const { records, alive } = new TaskSampler(child.pid).sample(monotonicNs);
  rmSync(directory, { recursive: true });
  expect(alive).toBe(true);
  expect(records).toContainEqual(expect.objectContaining({ kind: 'thread', tid: child.pid, name }));
  expect(samples(records)).toEqual([expect.objectContaining({ state: 'S', majorFaults: expect.any(Number) })]);
});

test('between two readings a blocked thread spends time, but none on a CPU or a run queue', async () => {
  const child = await start('sleep', '60');
  await until(() => /^\d/.test(readFileSync(`/proc/${child.pid}/syscall`, 'latin1')));
  const tasks = new TaskSampler(child.pid);
  const [first] = samples(tasks.sample(monotonicNs).records);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const [second] = samples(tasks.sample(monotonicNs).records);
  expect(second?.onCpuNs).toBe(first?.onCpuNs);
  expect(second?.runQueueNs).toBe(first?.runQueueNs);
  expect(second?.atNs).toBeGreaterThan(first?.atNs ?? 0n);
});

test('a thread that ends is gone in the next pass, and its files are closed', async () => {
  const worker = new Worker('require("worker_threads").parentPort.on("message", () => process.exit())', { eval: true });
  await new Promise((resolve) => worker.once('online', resolve));
  const tasks = new TaskSampler(process.pid);
  const before = samples(tasks.sample(monotonicNs, { readAll: true }).records).map(({ tid }) => tid);
  await worker.terminate();
  await until(() => readdirSync('/proc/self/task').length < before.length);
  const present = readdirSync('/proc/self/task').map(Number);
  const gone = tasks
    .sample(monotonicNs, { readAll: true })
    .records.flatMap((record) => (record.kind === 'gone' ? [record.tid] : []));
  expect(gone.length).toBeGreaterThan(0);
  expect(gone).toEqual(before.filter((tid) => !present.includes(tid)));
  tasks.close();
  expect(keptFiles(process.pid)).toEqual([]);
});

test('a process that ends is not alive any more', async () => {
  const child = await start('sleep', '60');
  const tasks = new TaskSampler(child.pid);
  expect(tasks.sample(monotonicNs).alive).toBe(true);
  const closed = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await closed;
  const { alive, records } = tasks.sample(monotonicNs);
  expect(alive).toBe(false);
  expect(records).toContainEqual(expect.objectContaining({ kind: 'gone', tid: child.pid }));
});

test('no more files are kept open than allowed', async () => {
  const child = await start('sleep', '60');
  const [generous, strict] = [new TaskSampler(child.pid), new TaskSampler(child.pid, { keptFiles: 1 })];
  strict.sample(monotonicNs);
  expect(keptFiles(child.pid)).toEqual([]);
  expect(samples(strict.sample(monotonicNs).records)).toHaveLength(1);
  generous.sample(monotonicNs);
  expect(keptFiles(child.pid)).toHaveLength(2);
  generous.close();
  expect(keptFiles(child.pid)).toEqual([]);
});

/** Files of the threads of `pid` that this process has open. */
function keptFiles(pid: number): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(`/proc/${pid}/task/`) ? [path] : [];
    } catch {
      return [];
    }
  });
}
