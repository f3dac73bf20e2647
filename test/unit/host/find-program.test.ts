import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findProgram, searchPath } from '../../../src/host/find-program.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'find-program-'));
  for (const directory of ['a', 'b', 'a/tool']) mkdirSync(join(root, directory));
  writeFileSync(join(root, 'b/tool'), '');
  chmodSync(join(root, 'b/tool'), 0o755);
  writeFileSync(join(root, 'a/text'), '');
});
afterEach(() => rmSync(root, { recursive: true }));

test('the first executable file in PATH is found, directories of that name passed over', () => {
  expect(findProgram('tool', `${root}/a:${root}/b`)).toBe(`${root}/b/tool`);
});

test('a file that is not executable is not a program', () => {
  expect(findProgram('text', `${root}/a`)).toBeNull();
});

test('a name with a slash is a path and PATH is not searched', () => {
  expect(findProgram(`${root}/b/tool`, '')).toBe(`${root}/b/tool`);
  expect(findProgram('./tool', `${root}/b`)).toBeNull();
});

test('an absent PATH does not bring the working directory in', () => {
  expect(searchPath(undefined, '/usr/bin')).toBe('/usr/bin');
  expect(searchPath('', '/usr/bin')).toBe('/usr/bin');
  expect(searchPath('/opt', '/usr/bin')).toBe('/opt:/usr/bin');
});
