import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blockDeviceName, kernelNumber, partitionsOfDisks, swapDevices } from '../../../src/host/block-devices.js';

const NVME = 259 * 2 ** 20;
const NO_PARTITIONS = new Map<number, number>();

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'faultscope-sys-'));
  const disk = join(root, 'devices/pci0/nvme0n1');
  mkdirSync(join(disk, 'nvme0n1p2'), { recursive: true });
  writeFileSync(join(disk, 'dev'), '259:0\n');
  writeFileSync(join(disk, 'nvme0n1p2/dev'), '259:2\n');
  writeFileSync(join(disk, 'nvme0n1p2/partition'), '2\n');
  mkdirSync(join(root, 'class/block'), { recursive: true });
  symlinkSync('../../devices/pci0/nvme0n1', join(root, 'class/block/nvme0n1'));
  symlinkSync('../../devices/pci0/nvme0n1/nvme0n1p2', join(root, 'class/block/nvme0n1p2'));
  mkdirSync(join(root, 'dev/block'), { recursive: true });
  symlinkSync('../../devices/pci0/nvme0n1', join(root, 'dev/block/259:0'));
});
afterAll(() => rmSync(root, { recursive: true }));

test('each partition is known with its disk, under the numbers of the kernel', () => {
  const disks = partitionsOfDisks(root);
  expect([...disks]).toEqual([[NVME + 2, NVME]]);
});

test('a device has the name that the kernel gives it, and none where it is gone', () => {
  expect(blockDeviceName(NVME, root)).toBe('nvme0n1');
  expect(blockDeviceName(NVME + 7, root)).toBeNull();
});

test('the numbers of stat(2) are those of the kernel packed otherwise', () => {
  expect(kernelNumber(0x801)).toBe(8 * 2 ** 20 + 1);
  expect(kernelNumber(0x10_0001 | (259 << 8))).toBe(259 * 2 ** 20 + 257);
});

test('a swap file is on the device of its file system, whatever its path is called', () => {
  const file = join(root, 'swap file');
  writeFileSync(file, '');
  const rows = `Filename\tType\tSize\tUsed\tPriority\n${file.replace(' ', '\\040')}   file\t8\t0\t-2\n/dev/gone partition 8 0 -3\n`;
  writeFileSync(join(root, 'swaps'), rows);
  expect(swapDevices(NO_PARTITIONS, root).size).toBe(1);
});

test('a host without swap, or without /proc/swaps, has none', () => {
  expect(swapDevices(NO_PARTITIONS, join(root, 'nowhere')).size).toBe(0);
});
