import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileSystemTypes } from '../../../src/host/mountinfo.js';

test('a process that has ended and was not reaped has no mounts, and that is no error', async () => {
  // What the shell leaves behind is a child of a program that does not wait for it, and ends only then: the shell would wait.
  const child = 'while [ "$(cat /proc/$PPID/comm)" = sh ]; do sleep 0.01; done';
  const script = `sh -c '${child}' & echo $!; exec sleep 60`;
  const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [said] = await once(parent.stdout, 'data');
    const pid = Number(String(said));
    const isZombie = (): boolean => /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    while (!isZombie()) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(fileSystemTypes(`/proc/${pid}/mountinfo`).size).toBe(0);
  } finally {
    parent.kill();
  }
});

test('the mounts of a living process are told by device', () => {
  expect([...fileSystemTypes('/proc/self/mountinfo').values()]).toContain('proc');
});
