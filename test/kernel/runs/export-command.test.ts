import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCsv } from '../../support/python.js';
import { realRecords } from '../../unit/export/sessions.js';
import { moments, recorded } from '../../unit/recording/recorded.js';
import { REPOSITORY } from '../support/repository.js';

let directory = '';
let recording = '';
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'faultscope-export-'));
  recording = await recorded(directory, moments(realRecords()));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const CLI = join(REPOSITORY, 'dist/cli.js');
const faultscopeExport = (...args: readonly string[]) =>
  spawnSync(process.execPath, [CLI, 'export', recording, ...args], { encoding: 'utf8', cwd: directory });

test('a recording becomes tables, and stderr says where they are', () => {
  const { status, stdout, stderr } = faultscopeExport('-o', 'out.csv');
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  expect(stderr).toMatch(
    /^faultscope: csv written to out.threads.csv \(\S+\), out.faults.csv \(\S+\), out.stalls.csv \(\S+\)\n$/,
  );
  const threads = readCsv(readFileSync(join(directory, 'out.threads.csv')));
  expect(threads.reduce((sum, row) => sum + Number(row.major_faults), 0)).toBe(13_309);
});

test('-o - writes to standard output and says nothing else', () => {
  const { status, stdout, stderr } = faultscopeExport('-o', '-', '--format', 'csv', '--table', 'threads');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readCsv(stdout)).toHaveLength(13);
});

test('a reader that goes away early is no error', () => {
  const command = `"$0" "$1" export "$2" --format csv --table faults -o - | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, CLI, recording], { encoding: 'utf8' });
  expect(stdout).toMatch(/^time_ns,tid,.*\r\n0\n$/);
  expect(stderr).toBe('');
});

test('what is there already is left alone without --force', () => {
  writeFileSync(join(directory, 'out.stalls.csv'), 'precious');
  const refused = faultscopeExport('-o', 'out.csv');
  expect({ status: refused.status, stderr: refused.stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^faultscope: out.stalls.csv exists already: .*--force\n$/),
  });
  expect(readdirSync(directory).sort()).toEqual(['out.stalls.csv', 'x.fscope']);
  expect(faultscopeExport('-o', 'out.csv', '--force').status).toBe(0);
});

test('a recording that breaks off is exported as far as it goes, with a warning', () => {
  truncateSync(recording, statSync(recording).size - 1000);
  const { status, stdout, stderr } = faultscopeExport('-o', '-');
  expect(status).toBe(0);
  expect(stderr).toMatch(/^faultscope: warning: \S+x\.fscope: it breaks off after \S+: .*\n$/);
  expect(JSON.parse(stdout).quality.notes.at(-1).text).toMatch(/^the recording: it breaks off/);
});

test('what is no recording is told in one line, exit 2', () => {
  writeFileSync(recording, 'no recording at all, but long enough to be one');
  const { status, stderr } = faultscopeExport('-o', 'out.json');
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^faultscope: .* is no recording: .*\n$/),
  });
  expect(readdirSync(directory)).toEqual(['x.fscope']);
});
