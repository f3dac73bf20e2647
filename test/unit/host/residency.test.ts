import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileSystemTypes } from '../../../src/host/mountinfo.js';
import { findResidencyTools, parseFincore, readResidency } from '../../../src/host/residency.js';

test.each([
  ['  4096 8796093022208 /x\n', [['/x', { residentBytes: 4096n, sizeBytes: 8_796_093_022_208n }]]],
  [
    '0 0 /x\n1 2 /y',
    [
      ['/x', { residentBytes: 0n, sizeBytes: 0n }],
      ['/y', { residentBytes: 1n, sizeBytes: 2n }],
    ],
  ],
  ['', []],
  ['4K 8T /x', []],
  ['1 2', []],
  ['1 2 /x /y', []],
])('of %j that fincore may print only two numbers and a file are believed', (text, residency) => {
  expect([...parseFincore(text)]).toEqual(residency);
});

const TOOLS = findResidencyTools(process.env.PATH);

test.skipIf(TOOLS === null)('files just written are in memory, one that is gone is not told', async () => {
  const tools = TOOLS ?? { fincore: '', enosys: null };
  const directory = mkdtempSync(join(tmpdir(), 'faultscope-fincore-'));
  const paths = ['--help', 'gone', 'other'].map((name) => join(directory, name));
  for (const [index, path] of paths.entries()) writeFileSync(path, Buffer.alloc(20_000 + index, 1));
  rmSync(join(directory, 'gone'));
  const ask = { paths, isOverlay: false, limitMs: 10_000 };
  const inMemory = { residentBytes: 20_480n, sizeBytes: 20_000n };
  expect(await readResidency(tools, ask)).toEqual([inMemory, 'failed', { ...inMemory, sizeBytes: 20_002n }]);
  rmSync(directory, { recursive: true });
});

test('on overlayfs a fincore that is blind there is made to look at the pages, and not believed where it cannot be', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'faultscope-fincore-'));
  const script = (name: string, text: string) => {
    const path = join(directory, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  // What they do from util-linux 2.40 on.
  const fincore = script('fincore', 'echo "$((SEEN)) 8192 /x"');
  const enosys = script('enosys', '[ "$1 $2" = "--syscall cachestat" ] || exit 1; shift 2; SEEN=4096 exec "$@"');
  const ask = { paths: ['/x'], isOverlay: true, limitMs: 10_000 };
  const seen = { residentBytes: 4096n, sizeBytes: 8192n };
  expect(await readResidency({ fincore, enosys }, ask)).toEqual([seen]);
  expect(await readResidency({ fincore, enosys: null }, ask)).toEqual(['failed']);
  const nothing = { ...seen, residentBytes: 0n };
  expect(await readResidency({ fincore, enosys }, { ...ask, isOverlay: false })).toEqual([nothing]);
  rmSync(directory, { recursive: true });
});

test('what kind of file system a device has is found among the mounts, whatever their options and paths are', () => {
  const directory = mkdtempSync(join(tmpdir(), 'faultscope-mounts-'));
  const path = join(directory, 'mountinfo');
  const lines = [
    '21 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '90 21 0:43 / /var/lib/docker/merged rw,relatime shared:5 master:1 - overlay overlay rw,lowerdir=/l:/m',
    '91 21 0:300 / /a\\040-\\040overlay rw - tmpfs tmpfs rw',
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  expect([...fileSystemTypes(path)]).toEqual([
    [254 << 20, 'ext4'],
    [43, 'overlay'],
    [300, 'tmpfs'],
  ]);
  rmSync(directory, { recursive: true });
  expect([...fileSystemTypes(path)]).toEqual([]);
});
