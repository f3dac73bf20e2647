import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CleanRoot, expectToSeeFaults } from './clean-root.js';
import { NPM_PACKAGE, scratchFolder, unpackTarball, VERSION } from './packages.js';

const root = new CleanRoot();
const scratch = scratchFolder();
afterAll(() => {
  root.remove();
  rmSync(scratch, { recursive: true });
});

const PREFIX = root.path('/usr/local');

test('npm install -g needs no registry: all that it depends on is inside', () => {
  const offline = ['--offline', '--cache', join(scratch, 'empty cache')];
  execFileSync('unshare', ['--net', 'npm', 'install', '--global', '--prefix', PREFIX, ...offline, NPM_PACKAGE]);
  const inside = readdirSync(join(PREFIX, 'lib/node_modules/faultscope/node_modules'));
  expect(inside).toEqual(expect.arrayContaining(['blessed', 'commander', 'execa']));
});

test('npm finds nothing missing and nothing that does not fit', () => {
  execFileSync('npm', ['ls', '--global', '--all', '--prefix', PREFIX], { stdio: 'pipe' });
});

test('what our overrides keep out of a checkout is not in it', () => {
  const inside = execFileSync('tar', ['-tzf', NPM_PACKAGE], { encoding: 'utf8' });
  expect(inside).not.toMatch(/node_modules\/(xml2js|lodash)\//);
});

test('with a Node.js in the root it sees the major faults of a process of the host', async () => {
  copyFileSync(join(unpackTarball(scratch), 'libexec/node'), join(root.path('/usr/local/bin'), 'node'));
  expect(root.run('faultscope', '--version')).toBe(`${VERSION}\n`);
  await expectToSeeFaults(root, 'faultscope');
});
