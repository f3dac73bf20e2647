import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MappingTable } from '../../../src/host/mapping-table.js';
import { type Mapping, nameOf, parseChunks, readMappings } from '../../../src/host/mappings.js';

const line = (path: string, range = '7f0000001000-7f0000003000', file = 'fe:00 131') =>
  `${range} r--p 0001d000 ${file} ${path}\n`;
const only = (path: string, file?: string): Pick<Mapping, 'of' | 'path'> | undefined => {
  const [mapping] = parseChunks([line(path, undefined, file)]);
  return mapping && { of: mapping.of, path: mapping.path };
};

describe('a line of maps', () => {
  test('gives its range, where in the file it begins, and the path with its blanks', () => {
    const text =
      '55d0c8a00000-55d0c8a21000 rw-p 00000000 00:00 0                          [heap]\n' +
      '7f12a4000000-7f12a4021000 rw-p 00000000 00:00 0 \n' +
      '7ffff7dc5000-7ffff7deb000 r--p 7fff0000d000 08:01 1835021                    /usr/lib/my lib.so\n';
    expect(parseChunks([text])).toEqual([
      { start: 0x55d0c8a00000n, end: 0x55d0c8a21000n, of: 'heap', path: '[heap]', offset: 0n, device: 0, inode: 0n },
      { start: 0x7f12a4000000n, end: 0x7f12a4021000n, of: 'anonymous', path: null, offset: 0n, device: 0, inode: 0n },
      {
        start: 0x7ffff7dc5000n,
        end: 0x7ffff7deb000n,
        of: 'file',
        path: '/usr/lib/my lib.so',
        offset: 0x7fff0000d000n,
        device: 0x800001,
        inode: 1835021n,
      },
    ]);
  });

  test.each([
    ['[heap]', 'heap'],
    ['[stack]', 'stack'],
    ['[stack:4711]', 'stack'],
    ['[anon:glibc: malloc]', 'anonymous'],
    ['[anon_shmem:shared]', 'shared'],
    ['/anon_hugepage (deleted)', 'anonymous'],
    ['[vdso]', 'other'],
    ['[vsyscall]', 'other'],
    ['anon_inode:[perf_event]', 'other'],
    ['/dev/nvidia0', 'other'],
    ['/dev/shm/cache', 'file'],
    ['/data/index (deleted)', 'file'],
    ['/device/log', 'file'],
  ])('takes %s for %s', (path, of) => {
    expect(only(path)).toEqual({ of, path });
  });

  test.each(['/memfd:jit (deleted)', '/SYSV00000000 (deleted)', '/dev/zero (deleted)'])(
    'takes %s for shared memory, but not a file of that name on a device',
    (path) => {
      expect(only(path, '00:01 7')).toEqual({ of: 'shared', path });
      expect(only(path)?.of).not.toBe('shared');
    },
  );

  test("tells the kernel's mark of a deleted file from its name", () => {
    expect(nameOf('/a b (deleted)')).toEqual({ path: '/a b', deleted: true });
    expect(nameOf('/a (deleted) b')).toEqual({ path: '/a (deleted) b', deleted: false });
  });

  test.each(['/a\rb', '/a\x1b[2Jb', '/a\\012b', '/a\x85b', '/a  b ', '/7f00-7f01 r--p 0 0:0 0'])(
    'keeps the hostile path %j as it is',
    (path) => {
      expect(parseChunks([Buffer.from(line(path), 'utf8').toString('latin1')])).toMatchObject([{ of: 'file', path }]);
    },
  );

  test('reads a path beyond ASCII as UTF-8', () => {
    const bytes = Buffer.from(line('/daten/größe-\u{1f4a5}'), 'utf8').toString('latin1');
    expect(parseChunks([bytes])).toMatchObject([{ path: '/daten/größe-\u{1f4a5}' }]);
  });

  test('of another shape is left out', () => {
    expect(parseChunks([`garbage\n${line('/a')}\n7f-zz r--p 0 0:0 0\n`])).toHaveLength(1);
  });
});

test('wherever a read ends, the lines are the same', () => {
  const text = ['/a', '', '[heap]', '/b c', '[anon:x]'].map((path) => line(path)).join('');
  const whole = parseChunks([text]);
  expect(whole).toHaveLength(5);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const ends = [0, ...cuts.sort((a, b) => a - b), text.length];
      const chunks = ends.slice(1).map((end, index) => text.slice(ends[index], end));
      expect(parseChunks(chunks)).toEqual(whole);
    }),
  );
});

describe('the text of many mappings, in pieces', () => {
  const text = [
    line('/a', '1000-3000'),
    line('/b fe:00 77 ', '3000-4000'),
    line('/c', '8000-9000', '103:04 77'),
    line('/c', 'ffffffffff600000-ffffffffff601000', 'fe:00 77'),
  ].join('');

  test.each([1, 7, 40, 64, 1000])('of %i characters: an address is found in its mapping, and in no other', (size) => {
    const table = new MappingTable();
    for (let at = 0; at < text.length; at += size) table.add(text.slice(at, at + size));
    const paths = [0xfffn, 0x1000n, 0x2fffn, 0x3000n, 0x4000n, 0x8fffn, 0x9000n, 0xffffffffff600fffn].map(
      (address) => table.at(address)?.path ?? null,
    );
    expect(paths).toEqual([null, '/a', '/a', '/b fe:00 77 ', null, '/c', null, '/c']);
  });

  test('a file is found by its device and inode, not by a path that looks like them', () => {
    const table = new MappingTable();
    table.add(text);
    expect(table.ofFile({ device: 0xfe00000, inode: 77n })?.start).toBe(0xffffffffff600000n);
    expect(table.ofFile({ device: 0x10300004, inode: 77n })).toMatchObject({ path: '/c', start: 0x8000n });
    expect(table.ofFile({ device: 0x10300004, inode: 7n })).toBeNull();
  });

  test('nothing read is nothing', () => {
    const table = new MappingTable();
    expect(table.isEmpty).toBe(true);
    expect(table.at(5n)).toBeNull();
  });
});

describe('reading', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'faultscope-maps-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('the maps of this very process finds its stack, its heap and its program', () => {
    const mappings = readMappings('/proc/self/maps');
    const lines = readFileSync('/proc/self/maps', 'utf8').trimEnd().split('\n');
    // The process lives on between the two: nearly the same is enough.
    expect(Math.abs(mappings.length - lines.length)).toBeLessThan(lines.length / 10);
    expect(mappings.filter(({ of }) => of === 'stack')).toHaveLength(1);
    expect(mappings.some(({ of, path }) => of === 'file' && path === process.execPath)).toBe(true);
  });

  test('a process with more mappings than we keep gives the first 200,000', () => {
    const path = join(directory, 'maps');
    const lines = Array.from({ length: 200_500 }, (_, at) =>
      line('/a', `${(at * 16).toString(16)}000-${(at * 16 + 1).toString(16)}000`),
    );
    writeFileSync(path, lines.join(''));
    const mappings = readMappings(path);
    expect(mappings).toHaveLength(200_000);
    expect(mappings.at(-1)?.start).toBe(BigInt(199_999 * 16) * 4096n);
  });

  test('a process that has ended has no mappings', () => {
    expect(readMappings(join(directory, 'nobody/maps'))).toEqual([]);
  });
});
