import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Summary } from '../../../src/export/summary-format.js';
import { readCsv } from '../../support/python.js';
import { faultscope } from '../support/faultscope.js';
import { workloadPath } from '../support/repository.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultscope-exports-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const WORKLOAD = ['--', workloadPath('coldmmap'), '--seconds', '3'];
const exportsOf = (...names: readonly string[]) => names.flatMap((name) => ['--export', join(directory, name)]);
const sumOf = (rows: readonly Record<string, string>[], column: string) =>
  rows.reduce((sum, row) => sum + Number(row[column]), 0);

test('one live session in several formats: their totals are those of the summary, and no other file is left', async () => {
  const names = ['out.json', 'out.csv', 'out.folded', 'out.prom', 'out.pftrace', 'out.pb.gz', 'out.speedscope.json'];
  const { exitCode, stderr } = await faultscope(['--stacks', ...exportsOf(...names), ...WORKLOAD]);
  expect({ exitCode, lines: stderr.match(/written to/g)?.length, stderr }).toMatchObject({ exitCode: 0, lines: 7 });
  const tables = ['out.faults.csv', 'out.stalls.csv', 'out.threads.csv'];
  expect(readdirSync(directory).sort()).toEqual([...names.filter((name) => name !== 'out.csv'), ...tables].sort());
  const text = (name: string) => readFileSync(join(directory, name), 'utf8');
  const summary: Summary = JSON.parse(text('out.json'));
  const { totals, stacks } = summary;
  expect(totals.majorFaults).toBeGreaterThan(1000);
  expect(sumOf(readCsv(text('out.threads.csv')), 'major_faults')).toBe(totals.majorFaults);
  expect(sumOf(readCsv(text('out.stalls.csv')), 'stalls')).toBe(totals.fullStalls ?? 0);
  const faults = readCsv(text('out.faults.csv'));
  expect(faults.some(({ file }) => file?.includes('faultscope-cold'))).toBe(true);
  expect(text('out.prom')).toMatch(new RegExp(`^faultscope_major_faults_total\\{.*\\} ${totals.majorFaults}$`, 'm'));
  const folded = [...text('out.folded').matchAll(/ (\d+)$/gm)].reduce((sum, [, weight]) => sum + Number(weight), 0);
  expect(folded).toBe(stacks?.faults.totalNs);
});

test('a disk that is too small for what has a time axis: that is not written at all, the rest is, exit 1', async () => {
  const tiny = join(directory, 'tiny');
  mkdirSync(tiny);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'faultscope-test', tiny]);
  try {
    const { exitCode, stderr } = await faultscope([...exportsOf('tiny/out.csv', 'out.json'), ...WORKLOAD]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^faultscope: cannot write .*tiny.*: the disk is full/m);
    expect(readdirSync(tiny)).toEqual([]);
    expect(JSON.parse(readFileSync(join(directory, 'out.json'), 'utf8')).totals.majorFaults).toBeGreaterThan(1000);
  } finally {
    execFileSync('umount', [tiny]);
  }
});

test.each([
  ['an ending that says no format', ['--export', '/tmp/out.xyz'], /the ending of .* says no format: add --format/],
  ['folded without --stacks', ['--export', '/tmp/out.folded'], /no stacks .*--stacks/],
  ['a format for two files', ['--export', '/tmp/a', '--export', '/tmp/b', '--format', 'csv'], /for one --export/],
  ['one file twice', ['--export', '/tmp/a.json', '--export', '/tmp/a.json'], /is to be written twice/],
  ['all tables to standard output', ['--export', '-', '--format', 'csv'], /add --table/],
])('%s is told before anything is launched, exit 2', async (_, args, message) => {
  const { exitCode, stderr, stdout } = await faultscope([...args, '--', 'echo', 'launched']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
