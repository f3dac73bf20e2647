import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as later } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectAccountsToClose, expectNothingLost } from '../support/account.js';
import { Faultscope } from '../support/faultscope.js';
import { majorFaultsOf, threadsOf } from '../support/processes.js';
import { until } from '../support/until.js';
import { Workload } from '../support/workload.js';

const FILE = '/var/tmp/faultscope-fio.dat';
const COMMON = [`--filename=${FILE}`, '--size=512m', '--output=/dev/null'];

/** Four threads that read a cold mapping at random for ten seconds; before and after that fio faults nowhere. */
const JOBS = [
  '--thread',
  '--name=readers',
  '--startdelay=2',
  '--ioengine=mmap',
  '--rw=randread',
  '--bs=4k',
  '--numjobs=4',
  '--time_based',
  '--runtime=10',
  '--name=quiet-end',
  '--stonewall',
  '--ioengine=null',
  '--rw=read',
  '--thinktime=100ms',
  '--time_based',
  '--runtime=100',
];

function layOut(): void {
  if (existsSync(FILE)) return;
  execFileSync('fio', [...COMMON, '--name=lay-out', '--rw=write', '--bs=1m', '--ioengine=psync', '--end_fsync=1']);
}

/** Resolves when the process has faulted much and then stood still for a second. */
async function faultedAndQuiet(pid: number, begin: number): Promise<void> {
  for (let before = -1; ; ) {
    const now = majorFaultsOf(pid);
    if (now === before && now > begin + 1000) return;
    before = now;
    await later(1000);
  }
}

test('fio: every fault is counted from quiet to quiet, nearly every one in mid-run, and all accounts close', async () => {
  layOut();
  const fio = new Workload('fio', [...COMMON, ...JOBS]);
  try {
    // Its jobs wait two seconds; stopped meanwhile they wait until it is traced.
    await until('fio to start its jobs', () => threadsOf(fio.pid) > 4);
    fio.kill('SIGSTOP');
    const whole = new Faultscope(['--pid', String(fio.pid)]);
    await whole.attached(fio.pid);
    const begin = majorFaultsOf(fio.pid);
    fio.kill('SIGCONT');
    await until('fio to fault', () => majorFaultsOf(fio.pid) > begin + 1000);
    const part = await new Faultscope(['--pid', String(fio.pid), '--duration', '3s']).success();
    await faultedAndQuiet(fio.pid, begin);
    const summary = await whole.finish();
    const counted = majorFaultsOf(fio.pid) - begin;

    expect(counted).toBeGreaterThan(10_000);
    expect(summary.totals.majorFaults).toBe(counted);
    expect(summary.quality.coverage).toEqual({ traced: counted, kernel: counted, fraction: 1 });
    expect(summary.threads.reduce((sum, { majorFaults }) => sum + majorFaults, 0)).toBe(counted);
    for (const thread of summary.threads) expect(thread.majorFaults, thread.name ?? '').toBe(thread.kernelMajorFaults);
    expect(summary.threads.filter(({ majorFaults }) => majorFaults > 1000)).toHaveLength(4);

    expect(part.totals.majorFaults).toBeGreaterThan(1000);
    expect(part.quality.coverage.fraction).toBeGreaterThanOrEqual(0.99);
    expect(part.quality.coverage.fraction).toBeLessThanOrEqual(1.01);
    for (const each of [summary, part]) {
      expectNothingLost(each);
      expectAccountsToClose(each);
    }
  } finally {
    await fio.end();
  }
});
