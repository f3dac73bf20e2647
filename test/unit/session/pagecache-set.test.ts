import { expect, test } from 'vitest';
import type { Mapping } from '../../../src/host/mappings.js';
import { memoryCgroup } from '../../../src/host/process-identity.js';
import { mappedFiles, tableBits } from '../../../src/session/pagecache-set.js';

function mapping(of: Mapping['of'], inode: bigint, pages: bigint): Mapping {
  return { of, inode, start: 0n, end: pages * 4096n, device: 7, offset: 0n, path: null };
}

test('files are told to the script once each, the largest first; what is no file, or no literal of bpftrace, is not', () => {
  const mappings = [
    mapping('file', 1n, 2n),
    mapping('anonymous', 0n, 90n),
    mapping('file', 2n, 3n),
    mapping('file', 1n, 2n),
    mapping('file', 2n ** 63n, 9n),
  ];
  expect(mappedFiles(mappings)).toEqual([
    { device: 7, inode: 1n },
    { device: 7, inode: 2n },
  ]);
});

test('of thousands of files the largest are told', () => {
  const files = mappedFiles(Array.from({ length: 5000 }, (_, i) => mapping('file', BigInt(i + 1), BigInt(i + 1))));
  expect(files).toHaveLength(256);
  expect(files[0]?.inode).toBe(5000n);
});

test('maps are smaller where each row has a number a CPU', () => {
  expect([1, 32, 33, 128, 129, 1024].map(tableBits)).toEqual([16, 16, 15, 15, 14, 14]);
});

test("a process's memory cgroup is that of version 1 where there is one, else that of version 2", () => {
  expect(memoryCgroup('4:memory:/batch:1\n1:cpu,cpuacct:/x\n0::/unified\n')).toBe('/batch:1');
  expect(memoryCgroup('1:cpu:/x\n0::/system.slice/a.service\n')).toBe('/system.slice/a.service');
  expect(memoryCgroup('1:cpu:/x\n')).toBeNull();
});
