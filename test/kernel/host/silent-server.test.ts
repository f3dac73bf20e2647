import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ANY_GO, goWorkload } from '../support/go.js';
import { workloadPath } from '../support/repository.js';
import { traced } from '../support/traced.js';
import { startWorkload, Workload } from '../support/workload.js';

/** A Go program that lies on a FUSE file system, held before its begin. */
let directory: string;
let server: Workload;
let program: Workload;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'faultscope-silent-'));
  const path = join(directory, 'goread');
  const content = workloadPath(goWorkload('goread', ANY_GO));
  server = await startWorkload('fusedelay', ['--file', path, '--content', content, '--delay', '0']);
  // Every page of it is in the page cache: it needs its server for nothing.
  readFileSync(path);
  program = new Workload(path, ['-hold', '-seconds', '2']);
  await program.events('ready', 1);
});
afterEach(async () => {
  server.kill('SIGCONT');
  await program.end();
  server.kill('SIGTERM');
  await server.results();
  rmSync(directory, { recursive: true });
});

test('a program on a file system that has a server is read where that answers', async () => {
  const { summary, truth } = await traced(program);
  expect(summary.target.runtime).toMatchObject({ kind: 'go', version: expect.stringMatching(/^go1/) });
  expect(summary.totals.majorFaults).toBe(truth.majflt);
});

test('one whose server does not answer is traced all the same, stacks too, and what is not known of it is said', async () => {
  server.kill('SIGSTOP');
  const { summary, truth } = await traced(program, ['--stacks']);
  expect(summary.target.runtime).toMatchObject({ kind: 'native', capacity: null });
  expect(JSON.stringify(summary.quality.notes)).toContain('does not answer');
  expect(Number(truth.majflt)).toBeGreaterThan(100);
  expect(summary.totals.majorFaults).toBe(truth.majflt);
  expect(summary.stacks?.faults.count).toBe(truth.majflt);
});
