import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Summary } from '../../../src/export/summary-format.js';
import { type Samples, Server, sample } from '../serve/server.js';
import { useInstalledBpftrace } from '../support/bpftraces.js';
import { Faultscope, faultscope } from '../support/faultscope.js';
import { bpftracesOf } from '../support/processes.js';
import { workloadPath } from '../support/repository.js';
import { asUnit, UNIT, unitCapabilities } from '../support/systemd-unit.js';
import { Workload } from '../support/workload.js';

const NOBODY = 65534;
const MIB = 32;
const directory = mkdtempSync('/var/tmp/faultscope-unit-');
const program = join(directory, 'coldmmap');
let target: Workload;

useInstalledBpftrace();

/** A program of another user's, which neither others nor root without capabilities can read, and its file. */
beforeAll(async () => {
  copyFileSync(workloadPath('coldmmap'), program);
  chmodSync(program, 0o700);
  for (const path of [directory, program]) chownSync(path, NOBODY, NOBODY);
  target = new Workload('setpriv', [
    ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'],
    ...[program, '--dir', directory, '--mib', String(MIB), '--rate', '200'],
  ]);
  await target.events('ready', 1);
});
afterAll(async () => {
  await target.end();
  rmSync(directory, { recursive: true, force: true });
});

const sizeOf = ({ files }: Summary) => files?.find(({ path }) => path?.startsWith(directory))?.sizeBytes;

test('with the privileges of the systemd unit everything is seen that root sees', async () => {
  const sets = ['--exact', '--pagecache', '--stacks', '--storage', '--wakers', '--requests'];
  const run = [...sets, '--duration', '6s', '--pid', String(target.pid)];
  const summary = await new Faultscope(run, { before: asUnit() }).success();

  expect(summary.quality.probes.map(({ set, state, detail }) => [set, state, detail])).toEqual(
    ['threads', 'entry', 'requests', 'pagecache', 'storage', 'stacks', 'wakers'].map((set) => [set, 'stopped', null]),
  );
  expect(summary.quality.coverage.fraction).toBeGreaterThan(0.99);
  expect(summary.target.exe).toBe(program);
  expect(sizeOf(summary)).toBe(MIB * 2 ** 20);
  expect(summary.storage?.devices).not.toEqual([]);
  const frames = [...(summary.stacks?.faults.frames ?? []), ...(summary.stacks?.offCpu.frames ?? [])];
  const names = (kernel: boolean) => frames.filter((frame) => frame.kernel === kernel).map(({ name }) => name);
  expect(names(false)).toContain('touch_page');
  expect(names(true)).toContain('do_syscall_64');
});

test('what the unit runs serves its metrics with them, and nothing stays of it', async () => {
  const config = join(directory, 'serve.json');
  const targets = [{ pid: target.pid, sets: ['pagecache'] }];
  writeFileSync(config, JSON.stringify({ listen: '127.0.0.1:0', interval: '500ms', targets }));
  const server = new Server(['--config', config], process.env, asUnit());
  await server.listening();
  const grows = (samples: Samples) => (sample(samples, 'faultscope_major_faults_total') ?? 0) > 0;
  await server.metricsWhere('faults to be counted', grows);
  expect(await server.end()).toBe(143);
  expect(bpftracesOf(target.pid)).toEqual([]);
});

test.each(['bpf', 'perfmon', 'sys_ptrace'])('without CAP_%s of them it says so and ends', async (name) => {
  const others = unitCapabilities().filter((other) => other !== name);
  const { exitCode, stderr } = await faultscope(['--pid', String(target.pid)], { before: asUnit(others) });
  expect(exitCode).toBe(3);
  expect(stderr).toContain(`CAP_${name.toUpperCase()}`);
});

test.each(['checkpoint_restore', 'dac_read_search'])(
  'without CAP_%s of them the size of a private file is not told',
  async (name) => {
    const others = unitCapabilities().filter((other) => other !== name);
    const observer = new Faultscope(['--pid', String(target.pid)], { before: asUnit(others) });
    await observer.attached(target.pid);
    expect(sizeOf(await observer.finish())).toBe(null);
  },
);

test('systemd finds no fault with the unit', () => {
  const unit = join(directory, 'faultscope.service');
  // It would find fault with a program that is not installed here.
  writeFileSync(unit, readFileSync(UNIT, 'utf8').replace('/usr/bin/faultscope', process.execPath));
  const { status, stderr, stdout } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
  expect([status, stderr, stdout]).toEqual([0, '', '']);
});
