import { afterAll, beforeAll, expect, test } from 'vitest';
import { Faultscope, faultscope, type Outcome } from '../support/faultscope.js';
import { bpftracesOf, childrenOf, peakMemoryKiB } from '../support/processes.js';
import { fakeBpftrace } from '../support/repository.js';
import { until } from '../support/until.js';
import { startWorkload, type Workload } from '../support/workload.js';

let target: Workload;
beforeAll(async () => {
  target = await startWorkload('causes', ['--only', 'nanosleep']);
});
afterAll(() => target.end());

function argsWith(fake: string): string[] {
  return ['--pid', String(target.pid), '--interval', '200ms', '--bpftrace', fakeBpftrace(fake)];
}

function linesOf({ stderr }: Outcome): string[] {
  return stderr.trimEnd().split('\n');
}

test('one that refuses: exit 3, its reason in one line', async () => {
  const outcome = await faultscope(argsWith('refuses'));
  expect(outcome).toMatchObject({ exitCode: 3, stdout: '', summary: null });
  expect(linesOf(outcome)).toEqual([
    'faultscope: bpftrace cannot trace here: the flux capacitor is not charged: run: faultscope doctor',
  ]);
});

test('something that is no bpftrace: exit 3', async () => {
  const outcome = await faultscope(argsWith('is-something-else'));
  expect(outcome).toMatchObject({ exitCode: 3, stdout: '', summary: null });
  expect(linesOf(outcome)).toEqual([expect.stringMatching(/^faultscope: .*is-something-else/)]);
});

test('one that hangs: exit 3 after one deadline, and it is gone', async () => {
  const seen = new Set<number>();
  const watch = setInterval(() => bpftracesOf(target.pid).forEach((pid) => void seen.add(pid)), 100);
  const outcome = await faultscope(argsWith('hangs'));
  clearInterval(watch);
  expect(outcome).toMatchObject({ exitCode: 3, stdout: '', summary: null });
  expect(linesOf(outcome)).toEqual([
    'faultscope: bpftrace cannot trace here: bpftrace gave no figures within 15 s: run: faultscope doctor',
  ]);
  expect(seen.size).toBe(1);
  expect(bpftracesOf(target.pid)).toEqual([]);
});

test('one that hangs, and SIGTERM meanwhile: exit 143 at once', async () => {
  const run = new Faultscope(argsWith('hangs'));
  await until('the fake to run', () => bpftracesOf(target.pid).length === 1);
  run.kill('SIGTERM');
  expect((await run.outcome()).exitCode).toBe(143);
  expect(bpftracesOf(target.pid)).toEqual([]);
});

test('one that dies after its first figures: exit 1, its reason in one line, the summary written', async () => {
  const outcome = await faultscope(argsWith('dies-after-first-dump'));
  expect(outcome.exitCode).toBe(1);
  expect(linesOf(outcome)).toEqual([
    expect.stringContaining('faultscope: json written to'),
    'faultscope: tracing ended early: out of plutonium: what was seen until then is in the summary',
  ]);
  expect(outcome.summary?.target.pid).toBe(target.pid);
});

test('one that floods: it goes on, and says how many lines it could not read', async () => {
  const outcome = await faultscope([...argsWith('floods'), '--duration', '2s']);
  expect(outcome.exitCode).toBe(0);
  const texts = outcome.summary?.quality.notes.map(({ text }) => text);
  expect(texts).toEqual([expect.stringMatching(/^\d+ lines of bpftrace could not be read$/)]);
  expect(outcome.summary?.totals.majorFaults).toBe(0);
});

test('one that prints a line of 256 MiB: it goes on, and does not keep it in memory', async () => {
  const run = new Faultscope([...argsWith('prints-a-huge-line'), '--duration', '60s']);
  await until('the line to be over', () => childrenOf(run.pid).some(({ comm }) => comm === 'sleep'));
  expect(peakMemoryKiB(run.pid)).toBeLessThan(200 * 1024);
  run.kill('SIGINT');
  expect((await run.outcome()).exitCode).toBe(0);
});
