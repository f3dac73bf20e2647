import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bpftraces, newestBpftrace } from '../support/bpftraces.js';
import { Faultscope } from '../support/faultscope.js';
import { majorFaultsOf } from '../support/processes.js';
import { SetClock } from '../support/set-clock.js';
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

/** Of those from now on; ends it. */
async function expectEveryFaultCounted(faultscope: Faultscope): Promise<void> {
  const before = majorFaultsOf(target.pid);
  await later(2000);
  target.kill('SIGSTOP');
  await later(1200);
  const { totals, quality } = await faultscope.finish();
  expect(totals.majorFaults).toBeGreaterThanOrEqual(majorFaultsOf(target.pid) - before);
  expect(quality.coverage.fraction).toBe(1);
}

const args = () => ['--pid', String(target.pid), '--interval', '500ms'];

test('tracefs that is unmounted meanwhile takes nothing from what is traced already', async () => {
  const faultscope = new Faultscope(args(), { before: ['unshare', '--mount', '--propagation', 'private'] });
  await faultscope.attached(target.pid);
  execFileSync('nsenter', ['--target', String(faultscope.pid), '--mount', 'umount', '--lazy', '/sys/kernel/tracing']);
  await expectEveryFaultCounted(faultscope);
});

test('a wall clock that is set back an hour, then on by a day, changes no duration and no count', async () => {
  const clock = new SetClock(directory);
  const before = performance.now();
  const faultscope = new Faultscope([...args(), '--duration', '6s'], { env: clock.env });
  await faultscope.attached(target.pid);
  const kernel = majorFaultsOf(target.pid);
  clock.setAhead(-1);
  await later(2000);
  clock.setAhead(23);
  await later(1000);
  const seen = majorFaultsOf(target.pid) - kernel;
  const { exitCode, stderr, summary } = await faultscope.outcome();
  const tookMs = performance.now() - before;
  expect(exitCode, stderr).toBe(0);
  expect(summary?.window.durationNs).toBeGreaterThan(5.5e9);
  expect(summary?.window.durationNs).toBeLessThan(tookMs * 1e6);
  expect(summary?.quality.coverage.fraction).toBe(1);
  expect(summary?.totals.majorFaults).toBeGreaterThanOrEqual(seen);
  expect(Date.now() - Date.parse(summary?.window.startedAt ?? '')).toBeLessThan(tookMs);
});

/** As where the package is replaced after it was asked for its version. */
describe.each([...bpftraces().slice(0, 1), ...newestBpftrace()])('the bpftrace of $release', ({ release, path }) => {
  const claims = release === 'bookworm' ? ['0.27.0'] : ['0.17.0', '9.0.0-rc1'];
  test.each(claims)('counts every fault also where it is taken for version %s', async (claimed) => {
    const program = join(directory, `${release}-${claimed}`);
    const script = `[ "$1" = --version ] && { echo 'bpftrace v${claimed}'; exit 0; }\nexec '${path}' "$@"\n`;
    writeFileSync(program, `#!/bin/sh\n${script}`, { mode: 0o755 });
    const faultscope = new Faultscope([...args(), '--bpftrace', program]);
    await faultscope.attached(target.pid);
    await expectEveryFaultCounted(faultscope);
  });
});
