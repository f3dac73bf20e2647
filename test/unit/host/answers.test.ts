import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { answers } from '../../../src/host/answers.js';

const directory = mkdtempSync('/tmp/answers-');
afterAll(() => rmSync(directory, { recursive: true }));

test('a file that can be read answers; so does the file system where there is none', async () => {
  const path = join(directory, 'file');
  writeFileSync(path, 'x');
  expect(await answers(path)).toBe(true);
  expect(await answers(join(directory, 'missing'))).toBe(true);
});

test('one that keeps its reader waiting is given up', async () => {
  const path = join(directory, 'fifo');
  execFileSync('mkfifo', [path]);
  expect(await answers(path)).toBe(false);
});
