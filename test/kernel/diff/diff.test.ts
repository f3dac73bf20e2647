import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DiffDocument } from '../../../src/export/diff-format.js';
import { moments, recorded } from '../../unit/recording/recorded.js';
import { RecordedSession } from '../support/recorded-session.js';
import { REPOSITORY } from '../support/repository.js';
import { withSlowGoread } from '../support/slow-goread.js';

/** Two seconds more than it takes to tell anything. */
const WATCHED_MS = 12_000;

let folder = '';
const recordings = { mapped: '', again: '', pread: '' };

/** Four goroutines on two Ps read pages of 5 ms each, with a pause in between: the file of the recording. */
function record(name: keyof typeof recordings, how: 'mmap' | 'pread'): Promise<string> {
  const argv = ['-how', how, '-pause', '0.01', '-seconds', '0'];
  return withSlowGoread(5, 2, argv, async (workload) => {
    const session = new RecordedSession(workload.pid);
    await session.start();
    workload.go();
    await later(WATCHED_MS);
    await session.stop();
    return recorded(folder, moments(session.records), `${name}.fscope`);
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultscope-diff-'));
  recordings.mapped = await record('mapped', 'mmap');
  recordings.again = await record('again', 'mmap');
  recordings.pread = await record('pread', 'pread');
});
afterAll(() => rmSync(folder, { recursive: true }));

function diff(...argv: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(join(REPOSITORY, 'dist/cli.js'), ['diff', ...argv], { encoding: 'utf8' });
}

function compared(before: string, after: string): DiffDocument {
  const { stdout, stderr } = diff(before, after, '--format', 'json');
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const verdictOf = ({ metrics }: DiffDocument, id: string) => metrics.find((metric) => metric.id === id)?.verdict;

test('a program cured by pread is better: its full stalls are gone, and so is what was found', () => {
  const document = compared(recordings.mapped, recordings.pread);
  expect(document.headline).toMatchObject({ metric: 'fullStall', verdict: 'better' });
  expect(document.headline?.sentence).toMatch(/^Full stalls fell from \d\d\.\d% to [\d.<]+% of the time .*: better\.$/);
  expect(verdictOf(document, 'lostParallelism')).toBe('better');
  expect(verdictOf(document, 'majorFaults')).toBe('better');
  expect(document.findings.lost.map(({ id }) => id)).toContain('full-stalls');
  expect(document.findings.gained.filter(({ severity }) => severity === 'stall')).toEqual([]);
  expect(document.movements.functions[0]?.name).toMatch(/main\./);
});

test('the other way round it is worse, and found anew', () => {
  const document = compared(recordings.pread, recordings.mapped);
  expect(document.headline).toMatchObject({ metric: 'fullStall', verdict: 'worse' });
  expect(document.findings.gained.map(({ id }) => id)).toContain('full-stalls');
  expect(document.notes).toContain('the second recording began before the first: are they in the right order?');
});

test('two runs of the same program differ by noise in what matters most', () => {
  const document = compared(recordings.mapped, recordings.again);
  for (const id of ['fullStall', 'lostParallelism', 'faultWait', 'majorFaults', 'faultP50']) {
    expect(verdictOf(document, id), id).toBe('noise');
  }
  expect(document.headline?.sentence).toMatch(/: (?:no more than noise|too small to matter)\.$/);
  expect(
    [...document.findings.lost, ...document.findings.gained].filter(({ severity }) => severity === 'stall'),
  ).toEqual([]);
});

test('a gate lets the cure pass and stops the stall', () => {
  const gate = ['--fail-if', 'fullStall>5%', '--fail-if', 'majorFaults>before*1.2'];
  expect(diff(recordings.mapped, recordings.pread, ...gate).status).toBe(0);
  const failed = diff(recordings.pread, recordings.mapped, ...gate);
  expect(failed.status).toBe(5);
  expect(failed.stderr).toMatch(/^faultscope: --fail-if fullStall>5%: full stalls \d\d\.\d% after, more than 5\.0%$/m);
});
