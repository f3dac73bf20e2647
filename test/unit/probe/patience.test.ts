import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { patience } from '../../../src/probe/patience.js';

const WINDOW_MS = 1000;

let child: ChildProcess | null = null;
afterEach(() => void child?.kill('SIGKILL'));

function started(script: string): number | null {
  child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  return child.pid ?? null;
}

test('one that hangs is given up after a window, or the next where it has worked before', async () => {
  const waited = await patience(started('setInterval(() => {}, 1e6)'), WINDOW_MS);
  expect(waited).toBeGreaterThanOrEqual(1);
  expect(waited).toBeLessThanOrEqual(2);
});

test('one that is at work, as where there is no CPU to be had, gets four', async () => {
  expect(await patience(started('for (;;);'), WINDOW_MS)).toBe(4);
});

test('one that has gone is not waited for', async () => {
  const pid = started('');
  await new Promise((resolve) => child?.on('exit', resolve));
  expect(await patience(pid, WINDOW_MS)).toBe(1);
});
