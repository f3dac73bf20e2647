import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { versionOf } from './clean-root.js';
import { scratchFolder, unpackTarball, VERSION } from './packages.js';

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true }));

const TOP = unpackTarball(scratch);
const FAULTSCOPE = join(TOP, 'bin/faultscope');
const MARK = join(scratch, 'was-loaded');

/** A module that tells that it was loaded. */
function hostileModule(name: string): string {
  const file = join(scratch, name);
  writeFileSync(file, `require('node:fs').writeFileSync(${JSON.stringify(MARK)}, '');`);
  return file;
}

test.each([
  ['NODE_OPTIONS', `--require=${hostileModule('required.cjs')}`],
  ['NODE_REPL_EXTERNAL_MODULE', hostileModule('repl.cjs')],
  ['NODE_V8_COVERAGE', join(scratch, 'coverage')],
  ['NODE_COMPILE_CACHE', join(scratch, 'compiled')],
  ['NODE_REDIRECT_WARNINGS', join(scratch, 'warnings')],
  ['OPENSSL_CONF', join(scratch, 'openssl.cnf')],
  ['FAULTSCOPE_COMMAND_ENV_NODE_OPTIONS', '--no-such-option'],
])('%s of whoever calls it changes nothing', (name, value) => {
  expect(versionOf(FAULTSCOPE, { [name]: value })).toBe(`${VERSION}\n`);
  expect(existsSync(MARK)).toBe(false);
  for (const written of ['coverage', 'compiled', 'warnings']) expect(existsSync(join(scratch, written))).toBe(false);
});

test('it is found through links, relative ones and links to links, from any folder', () => {
  const links = join(scratch, 'a folder with "quotes" and $(spaces)');
  mkdirSync(links);
  symlinkSync('../faultscope', join(links, 'relative'));
  symlinkSync(FAULTSCOPE, join(scratch, 'faultscope'));
  expect(versionOf(join(links, 'relative'))).toBe(`${VERSION}\n`);
});

test('it may be moved to a folder with any name', () => {
  const moved = join(scratch, 'moved `to` $HOME; "here"');
  renameSync(TOP, moved);
  expect(versionOf(join(moved, 'bin/faultscope'))).toBe(`${VERSION}\n`);
  renameSync(moved, TOP);
});
