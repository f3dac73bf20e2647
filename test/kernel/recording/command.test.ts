import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Faultscope, faultscope } from '../support/faultscope.js';
import { bpftracesOf } from '../support/processes.js';
import { SlowFile } from '../support/slow-file.js';
import { until } from '../support/until.js';
import { startWorkload, type Workload } from '../support/workload.js';
import { readRecording } from './read.js';

const directory = mkdtempSync('/var/tmp/faultscope-record-');
let reader: Workload;
beforeAll(async () => {
  const options = ['--dir', directory, '--mib', '256', '--rate', '500'];
  reader = await startWorkload('coldmmap', options);
});
afterAll(async () => {
  await reader.end();
  rmSync(directory, { recursive: true });
});

const fileFor = (name: string): string => join(directory, `${name}.fscope`);
const record = (name: string, ...args: string[]): string[] => [
  ...['record', '--pid', String(reader.pid), '-o', fileFor(name), '--interval', '100ms', ...args],
];
/** For how long a process has waited for a CPU so far (/proc/PID/schedstat). */
const runQueueNs = (pid: number): number => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]);
const noBpftraceLeft = () => until('bpftrace to end', () => bpftracesOf(reader.pid).length === 0, 5000);

test('records for as long as it was told, says what it wrote, and the recording has the figures of the summary', async () => {
  const { exitCode, stderr, stdout, summary } = await faultscope(record('plain', '--duration', '3s'));
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^faultscope: \d+(\.\d)?KiB recorded to .*plain\.fscope$/m);
  expect(stdout).toBe('');
  const { snapshot, warnings, records } = readRecording(fileFor('plain'));
  expect(warnings).toEqual([]);
  expect(records.at(-1)).toMatchObject({ kind: 'end', reason: 'duration' });
  expect(summary?.totals.majorFaults).toBe(snapshot.totals.majorFaults);
  expect(snapshot.totals.majorFaults).toBeGreaterThan(100);
  expect(statSync(fileFor('plain')).mode & 0o777).toBe(0o600);
  await noBpftraceLeft();
});

test('an existing file is only replaced with --force; a name is made up where none is given', async () => {
  const occupied = await faultscope(record('plain'));
  expect(occupied).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/exists already: .*--force\n$/) });
  const forced = await faultscope(record('plain', '--duration', '1s', '--force'));
  expect(forced.exitCode).toBe(0);
  const args = ['record', '--pid', String(reader.pid), '--duration', '1s'];
  const unnamed = await faultscope(args, { before: ['env', '-C', directory] });
  const name = new RegExp(`faultscope-${reader.pid}-[-\\dT]+\\.fscope`).exec(unnamed.stderr)?.[0] ?? '';
  expect(readRecording(join(directory, name)).records.length).toBeGreaterThan(100);
});

test.each([
  { args: ['-o', '-'], line: 'a recording cannot go to standard output: name a file: -o x.fscope' },
  { args: ['--max-size', '64'], line: '--max-size 64 is not a size: give it as 512K, 64M or 1.5G' },
  { args: ['--max-size', '4K'], line: '--max-size 4K is out of range: give 1M to 16G' },
  { args: ['--until-stall', 'long'], line: '--until-stall long is not a time: give it as 500ms, 10s, 2m or 1h' },
])('$args is refused with one line', async ({ args, line }) => {
  const { exitCode, stderr } = await faultscope(['record', '--pid', String(reader.pid), ...args]);
  expect(exitCode).toBe(2);
  expect(stderr).toBe(`faultscope: ${line}\n`);
});

describe('kill -9', () => {
  /** Several at once: most of the time goes into compiling. */
  const AT_ONCE = 4;
  const KINDS = ['plain', 'ring'] as const;
  const runs = Array.from({ length: 20 }, (_, index) => ({
    name: `killed-${index}`,
    kind: KINDS[index % 2] ?? 'plain',
  }));

  async function killed({ name, kind }: (typeof runs)[number]): Promise<void> {
    // Where it is tried again.
    rmSync(fileFor(name), { force: true });
    const started = new Faultscope(record(name, ...(kind === 'ring' ? ['--max-size', '1M'] : [])));
    await until('the first moment', () => existsSync(fileFor(name)) && statSync(fileFor(name)).size > 1000);
    await later(Math.random() * 1500);
    const starvedNs = runQueueNs(started.pid);
    const killedNs = process.hrtime.bigint();
    started.kill('SIGKILL');
    expect((await started.outcome()).signal).toBe('SIGKILL');
    const { records, warnings, snapshot } = readRecording(fileFor(name));
    expect(warnings.at(-1)).toMatch(/^it has no end|^it breaks off/);
    const ticksNs = records.flatMap((one) => (one.kind === 'tick' ? [one.atNs] : []));
    // Where the CPUs are busy it ticks late: by as much it may lack more.
    const late = ticksNs.slice(1).map((atNs, index) => Number(atNs - (ticksNs[index] ?? atNs)));
    expect(Number(killedNs - (ticksNs.at(-1) ?? 0n))).toBeLessThan(2e9 + Math.max(0, ...late) + starvedNs);
    expect(snapshot.threads.length).toBeGreaterThan(0);
  }

  test('at 20 moments: every recording opens and lacks no more than the last two seconds; no bpftrace is left', async () => {
    for (let at = 0; at < runs.length; at += AT_ONCE) await Promise.all(runs.slice(at, at + AT_ONCE).map(killed));
    await noBpftraceLeft();
  }, 400_000);
});

test('--max-size is kept to; where a part had to go, the end says which was kept', async () => {
  const args = ['--max-size', '1M', '--wakers', '--interval', '100ms', '--duration', '8s'];
  const many = await startWorkload('manythreads', ['--dir', directory, '--threads', '200', '--active', '6']);
  try {
    const replaced = record('bounded', ...args).map((arg) => (arg === String(reader.pid) ? String(many.pid) : arg));
    const { exitCode, stderr } = await faultscope(replaced);
    expect(exitCode).toBe(0);
    expect(statSync(fileFor('bounded')).size).toBeLessThanOrEqual(2 ** 20);
    const { snapshot, warnings } = readRecording(fileFor('bounded'));
    expect(warnings).toEqual([]);
    // How much a target has to tell in that time is the host's affair.
    const [, kept = null] = /recorded to .*: kept the last 00:(\d\d) of 00:\d\d$/m.exec(stderr) ?? [];
    if (kept !== null) expect(Math.floor(snapshot.window.durationNs / 1e9)).toBe(Number(kept));
    expect(snapshot.threads.length).toBeGreaterThanOrEqual(200);
    expect(snapshot.quality.worstResidueFraction).toBeLessThan(0.05);
  } finally {
    await many.end();
  }
});

test('a full disk ends the recording with one line and exit 1; what was written can be read', async () => {
  const disk = join(directory, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'none', disk]);
  try {
    const path = join(disk, 'x.fscope');
    const args = record('x', '--duration', '60s').map((arg) => (arg === fileFor('x') ? path : arg));
    const { exitCode, stderr, summary } = await faultscope(args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^faultscope: cannot write .*x\.fscope: the disk is full: free some space.*$/m);
    expect(summary?.totals.majorFaults).toBeGreaterThan(0);
    const { snapshot, warnings } = readRecording(path);
    expect(warnings).toEqual(['it has no end: the recorder was killed, or is still at work']);
    expect(snapshot.totals.majorFaults).toBeGreaterThan(0);
    await noBpftraceLeft();
  } finally {
    execFileSync('umount', [disk]);
  }
});

describe('--until-stall', () => {
  test('ends ten seconds after the first full stall of that length, says which, and has the time before it', async () => {
    const slow = await SlowFile.mount(700);
    const toucher = await startWorkload('touchpages', [
      ...['--file', slow.path, '--existing', '--touches', '200', '--pause', '0.3'],
    ]);
    try {
      const path = fileFor('stall');
      const args = ['record', '--pid', String(toucher.pid), '-o', path, '--capacity', '1', '--until-stall', '500ms'];
      const run = new Faultscope(args);
      await run.attached(toucher.pid);
      toucher.go();
      const { exitCode, stderr } = await run.outcome();
      expect(exitCode).toBe(0);
      const [, ms = '0'] = /ended by a full stall of (\d+)ms at \d\d:\d\d \(/.exec(stderr) ?? [];
      expect(Number(ms)).toBeGreaterThanOrEqual(700);
      expect(toucher.alive).toBe(true);
      const { snapshot } = readRecording(path);
      const first = [...(snapshot.stalls?.longest ?? [])].sort((a, b) => a.startNs - b.startNs)[0];
      expect(Math.round((first?.durationNs ?? 0) / 1e6)).toBe(Number(ms));
      const afterNs = snapshot.window.durationNs - (first?.startNs ?? 0);
      expect(afterNs).toBeGreaterThan(10e9);
      expect(first?.startNs).toBeGreaterThan(0);
    } finally {
      await toucher.end();
      await slow.end();
    }
  });

  test('says so where there was none', async () => {
    const { exitCode, stderr } = await faultscope(record('none', '--until-stall', '30s', '--duration', '2s'));
    expect(exitCode).toBe(0);
    expect(stderr).toContain('faultscope: there was no full stall of 30.0s or more\n');
  });
});
