import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { FileRecord } from '../../../src/record/files.js';
import { FileSystems } from '../../../src/session/file-systems.js';
import { FileWatch } from '../../../src/session/file-watch.js';
import { MappingWatch } from '../../../src/session/mapping-watch.js';

const SECOND = 1_000_000_000n;
const DEVICE = 0xfe00000;

/** A process whose mappings, of inode and path, and whose clock a test sets. */
function watched({ pages = true, types = [] as [number, string][] } = {}) {
  const host = { maps: [] as [number, string][], nowNs: SECOND, told: [] as FileRecord[], asked: [] as string[] };
  function* maps(): Generator<string> {
    yield host.maps.map(([inode, path], at) => `${at + 1}000-${at + 2}000 r--s 0 fe:00 ${inode}  ${path}\n`).join('');
  }
  const nowNs = () => host.nowNs;
  const fileSystems = new FileSystems(() => new Map(types), nowNs);
  const mappings = new MappingWatch({ nowNs, maps, fileSystems });
  const files = new FileWatch({
    pid: 1,
    mappings,
    fileSystems,
    nowNs,
    pages,
    emit: (record) => host.told.push(record),
    sizeOf: async (_pid, _mapping, isLocal) => {
      host.asked.push(isLocal ? 'local' : 'remote');
      return 2n ** 60n;
    },
  });
  const count = (inode: bigint, faults = 1) =>
    files.before({ kind: 'file-faults', device: DEVICE, inode, step: 'near', count: faults, totalNs: 0 });
  return { host, mappings, files, count };
}

test('a file is named before its first fault, once, and its size follows', async () => {
  const { host, files, count } = watched();
  host.maps = [[7, '/data (deleted)']];
  count(7n);
  const name = { kind: 'file', atNs: SECOND, device: DEVICE, inode: 7n, path: '/data', deleted: true };
  expect(host.told).toEqual([{ ...name, sizeBytes: null }]);
  await turn();
  count(7n, 2);
  files.tick();
  expect(host.told).toEqual([
    { ...name, sizeBytes: null },
    { ...name, sizeBytes: 2n ** 60n },
  ]);
});

test('a file of which no mapping is left has no name, until one comes', async () => {
  const { host, mappings, files, count } = watched();
  host.maps = [[8, '/other']];
  count(7n);
  expect(host.told, 'mapped by now, perhaps').toEqual([]);
  host.nowNs += SECOND;
  files.tick();
  expect(host.told).toMatchObject([{ inode: 7n, path: null, sizeBytes: null }]);
  host.maps = [[7, '/data']];
  host.nowNs += SECOND;
  mappings.refresh();
  files.tick();
  expect(host.told.at(-1)).toMatchObject({ inode: 7n, path: '/data' });
});

test('a new name is told when the mappings are looked at again; an unmapped file keeps its own', async () => {
  const { host, files, count } = watched();
  host.maps = [
    [7, '/old'],
    [8, '/leaving'],
  ];
  count(7n);
  count(8n);
  await turn();
  host.maps = [[7, '/new']];
  host.nowNs += SECOND;
  files.tick();
  const before = host.told.length;
  host.nowNs += 5n * SECOND;
  files.tick();
  expect(host.told.slice(before)).toMatchObject([{ inode: 7n, path: '/new' }]);
});

test('faults of no file have no name', () => {
  const { host, files } = watched();
  files.before({ kind: 'file-faults', device: 0, inode: 0n, step: 'other', count: 1, totalNs: 0 });
  files.before({ kind: 'fault', page: null, address: 0x1000n, weight: 1 });
  files.tick();
  expect(host.told).toEqual([]);
});

test('where the kernel does not tell the page, the file of the mapping is named', () => {
  const { host, mappings, files } = watched({ pages: false });
  host.maps = [
    [7, '/data'],
    [0, '[heap]'],
  ];
  mappings.refresh();
  for (const address of [0x1000n, 0x2000n, 0x9000n]) files.before({ kind: 'fault', page: null, address, weight: 3 });
  expect(host.told).toMatchObject([{ inode: 7n, path: '/data' }]);
  expect([...files.files].map(({ faults }) => faults)).toEqual([3]);
});

test('the size of a file on a server is asked for once, and after those of others', async () => {
  const { host, mappings, files, count } = watched({ types: [[DEVICE, 'fuseblk']] });
  host.maps = [[7, '/remote']];
  count(7n);
  await turn();
  for (const _ of [1, 2]) {
    host.nowNs += 6n * SECOND;
    mappings.refresh();
    files.tick();
    await turn();
  }
  expect(host.asked).toEqual(['remote']);
  expect(host.told.at(-1)).toMatchObject({ path: '/remote', sizeBytes: 2n ** 60n });
  expect([...files.files]).toMatchObject([{ isLocal: false }]);
});
