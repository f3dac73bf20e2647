import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdInRoot } from '../../../src/host/root-file.js';
import { Container } from '../support/container.js';
import { workloadPath } from '../support/repository.js';

let ours: string;
let container: Container;

beforeAll(async () => {
  ours = mkdtempSync('/var/tmp/faultscope-ours-');
  writeFileSync(join(ours, 'secret'), 'of the host');
  const prepare = `rm -rf ${ours}
mkdir -p /planted/deep
echo 'of the container' >/planted/file
ln -s ${ours} /planted/outside
ln -s /planted/file /planted/inside
ln -s ../../../../../../../../planted/file /planted/deep/above
ln -s loop /planted/loop
ln -s /proc/1/root/planted/file /planted/through-proc
mkfifo /planted/fifo
mknod /planted/device c 1 9
: >/planted/never-answers
${workloadPath('fusedelay')} --file /planted/never-answers --delay 0 --pages 1 >/planted/said &
until grep -q ready /planted/said; do sleep 0.1; done
kill -STOP $!`;
  container = await Container.start(['sh', '-c', `echo '{"event":"ready"}'; exec sleep 600`], { coldMib: 1, prepare });
});
afterAll(async () => {
  await container.end();
  rmSync(ours, { recursive: true });
});

/** The text of a file as the container has it; null where it is not to be had. */
function textOf(path: string, followLast = true): string | null {
  const held = holdInRoot(container.pid, path, { followLast });
  try {
    return held === null ? null : readFileSync(held.path, 'utf8').trim();
  } finally {
    held?.close();
  }
}

test('a link of the container to a path of the host leads to no file of the host', () => {
  // What the kernel would give: the reason for all this.
  expect(readFileSync(`/proc/${container.pid}/root/planted/outside/secret`, 'utf8')).toBe('of the host');
  expect(textOf('/planted/outside/secret')).toBeNull();
});

test.each([
  '/planted/file',
  '/planted/inside',
  '/planted/deep/above',
  '/planted/deep/../file',
  '/../planted/through-proc',
])('%s is the file that the container has there', (path) => {
  expect(textOf(path)).toBe('of the container');
});

test('a process that has ended has no files', () => {
  expect(holdInRoot(4_194_303, '/etc/passwd', { followLast: true })).toBeNull();
});

test('a link in the last place is none where none is wanted', () => {
  expect(textOf('/planted/inside', false)).toBeNull();
  expect(textOf('/planted/file', false)).toBe('of the container');
});

test.each(['fifo', 'device', 'loop', 'deep', 'missing', 'file/below', 'never-answers'])(
  'what is planted as %s is not opened, and holds nobody up',
  (name) => {
    expect(textOf(`/planted/${name}`)).toBeNull();
  },
);
