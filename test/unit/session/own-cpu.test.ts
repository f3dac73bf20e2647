import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processCpuNs } from '../../../src/host/process-cost.js';
import { ownCpu } from '../../../src/session/own-cpu.js';

const BURNT_NS = 1e9;

let child: ChildProcess;
let pid: number;
beforeEach(() => {
  ownCpu.begin();
  child = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
  pid = child.pid ?? -1;
});
afterEach(() => {
  child.kill('SIGKILL');
  ownCpu.end();
});

/** Lets it burn so much CPU time; returns how much it was in the end. */
async function burn(): Promise<number> {
  while ((processCpuNs(pid) ?? 0) < BURNT_NS) await later(20);
  return processCpuNs(pid) ?? 0;
}

async function kill(): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('what a bpftrace was metered with is not counted as ours when it has ended', async () => {
  const burntNs = await burn();
  ownCpu.metered(pid, burntNs);
  const before = ownCpu.readNs();
  await kill();
  expect(ownCpu.readNs() - before).toBeLessThan(BURNT_NS / 2);
});

test('what others did for us is ours when they have ended', async () => {
  const burntNs = await burn();
  const before = ownCpu.readNs();
  await kill();
  expect(ownCpu.readNs() - before).toBeGreaterThanOrEqual(burntNs);
});

test('two sessions bear an equal part each', async () => {
  ownCpu.begin();
  const burntNs = await burn();
  const before = ownCpu.readNs();
  await kill();
  const each = ownCpu.readNs() - before;
  ownCpu.end();
  expect(each).toBeGreaterThanOrEqual(burntNs / 2);
  expect(each).toBeLessThan(burntNs * 0.75);
});
