import { expect, test } from 'vitest';
import { FileSystems } from '../../../src/session/file-systems.js';

const SECOND = 1_000_000_000n;
const DISK = 254 << 20;

test.each([
  ['a disk', DISK, 'ext4', true],
  ['a disk that no mount shows', DISK + 1, null, true],
  ['FUSE on a disk', DISK, 'fuseblk', false],
  ['FUSE', 40, 'fuse.sshfs', false],
  ['a network', 41, 'nfs4', false],
  ['btrfs', 42, 'btrfs', true],
  ['an overlay', 43, 'overlay', true],
  ['what no mount shows', 44, null, false],
])('of %s it is known whether a server must help', (_, device, type, isLocal) => {
  const fileSystems = new FileSystems(
    () => new Map(type === null ? [] : [[device, type]]),
    () => 0n,
  );
  expect(fileSystems.isLocal(device)).toBe(isLocal);
  expect(fileSystems.isOverlay(device)).toBe(type === 'overlay');
});

test('mounts are looked at again for a device that is not known, and once in a while: its number may be given anew', () => {
  const host = { nowNs: 0n, reads: 0, types: [[40, 'overlay']] as [number, string][] };
  const read = () => {
    host.reads += 1;
    return new Map(host.types);
  };
  const fileSystems = new FileSystems(read, () => host.nowNs);
  expect(fileSystems.isOverlay(40)).toBe(true);
  host.types = [
    [40, 'fuse'],
    [41, 'overlay'],
  ];
  for (const _ of [1, 2, 3]) expect(fileSystems.isOverlay(41)).toBe(false);
  expect(host.reads).toBe(1);
  host.nowNs = SECOND;
  expect(fileSystems.isOverlay(41)).toBe(true);
  host.types = [[41, 'fuse']];
  host.nowNs = 20n * SECOND;
  expect(fileSystems.isOverlay(41)).toBe(true);
  host.nowNs = 40n * SECOND;
  expect(fileSystems.isOverlay(41)).toBe(false);
});
