import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { overlayDevices } from '../../../src/host/mountinfo.js';
import { findFincore, parseFincore, readResidency } from '../../../src/host/residency.js';

test.each([
  ['  4096 8796093022208\n', { residentBytes: 4096n, sizeBytes: 8_796_093_022_208n }],
  ['0 0', { residentBytes: 0n, sizeBytes: 0n }],
  ['', null],
  ['4K 8T', null],
  ['1 2 3', null],
])('of %j that fincore may print only two numbers are believed', (text, residency) => {
  expect(parseFincore(text)).toEqual(residency);
});

test.skipIf(findFincore(process.env.PATH) === null)(
  'a file just written is in memory, one that is gone is not told',
  async () => {
    const fincore = findFincore(process.env.PATH) ?? '';
    const directory = mkdtempSync(join(tmpdir(), 'faultscope-fincore-'));
    const path = join(directory, '--help');
    writeFileSync(path, Buffer.alloc(20_000, 1));
    expect(await readResidency(fincore, path, 10_000)).toEqual({ residentBytes: 20_480n, sizeBytes: 20_000n });
    rmSync(directory, { recursive: true });
    expect(await readResidency(fincore, path, 10_000)).toBe('failed');
  },
);

test('overlay file systems are found among the mounts, whatever their options and paths are', () => {
  const directory = mkdtempSync(join(tmpdir(), 'faultscope-mounts-'));
  const path = join(directory, 'mountinfo');
  const lines = [
    '21 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '90 21 0:43 / /var/lib/docker/merged rw,relatime shared:5 master:1 - overlay overlay rw,lowerdir=/l:/m',
    '91 21 0:300 / /a\\040-\\040overlay rw - tmpfs tmpfs rw',
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  expect(overlayDevices(path)).toEqual(new Set([43]));
  rmSync(directory, { recursive: true });
  expect(overlayDevices(path)).toEqual(new Set());
});
