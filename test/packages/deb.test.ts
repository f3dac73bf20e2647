import { afterAll, expect, test } from 'vitest';
import { CleanRoot, expectToSeeFaults } from './clean-root.js';
import { DEB, VERSION } from './packages.js';

const root = new CleanRoot();
afterAll(() => root.remove());

root.copyInto('/opt', DEB, 'faultscope.deb');
const before = root.files();

test('dpkg -i installs all of it, with nothing but bpftrace there', () => {
  root.run('dpkg', '-i', '/opt/faultscope.deb');
  expect(root.run('faultscope', '--version')).toBe(`${VERSION}\n`);
  expect(root.run('dpkg', '--verify', 'faultscope')).toBe('');
});

test('it sees the major faults of a process of the host', async () => {
  await expectToSeeFaults(root, 'faultscope');
});

test('nothing of it runs as a service before somebody wants that', () => {
  expect(root.run('find', '/etc/systemd', '-name', '*faultscope*')).toBe('');
});

test('removed, it leaves nothing behind', () => {
  root.run('dpkg', '--remove', 'faultscope');
  expect(root.files()).toEqual(before);
});
