import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Mapping } from '../../../src/host/mappings.js';
import type { Residency } from '../../../src/host/residency.js';
import type { WatchedFile } from '../../../src/session/file-watch.js';
import { ResidencyWatch } from '../../../src/session/residency-watch.js';

const SECOND = 1_000_000_000n;
const MIB = 1n << 20n;

function mappingOf(inode: bigint, of: Mapping['of']): Mapping {
  return { start: inode << 12n, end: (inode + 1n) << 12n, device: 1, inode, of, path: '/x', offset: 0n };
}

function file(inode: bigint, faults: number, sizeBytes: bigint | null = MIB, of: Mapping['of'] = 'file'): WatchedFile {
  return { key: { device: 1, inode }, faults, sizeBytes, isLocal: true, mapping: mappingOf(inode, of) };
}

function watched(
  files: readonly WatchedFile[],
  { takesNs = 1000n, gives = 'right' as 'right' | 'slow' | 'failed', hasFincore = true } = {},
) {
  const host = { nowNs: SECOND, read: [] as bigint[], told: [] as string[], gives, takesNs };
  const answer: Residency = { residentBytes: 4096n, sizeBytes: MIB };
  const watch = new ResidencyWatch({
    files: { files },
    nowNs: () => host.nowNs,
    emit: (record) => host.told.push(`${record.kind === 'residency' ? record.kind : record.why} ${record.inode}`),
    read: hasFincore
      ? async (mappings) => {
          host.read.push(...mappings.map(({ start }) => start));
          host.nowNs += host.takesNs;
          return mappings.map(() => (host.gives === 'right' ? answer : host.gives));
        }
      : null,
  });
  const tickAfter = async (ns: bigint) => {
    host.nowNs += ns;
    watch.tick();
    await turn();
  };
  return { host, watch, tickAfter };
}

test('large files are asked for in turn, most faults first, by the mapping that the target has of them', async () => {
  const { host, tickAfter } = watched([5n, 6n, 7n].map((inode) => file(inode, inode === 6n ? 30 : 10, 512n * MIB)));
  for (const _ of [1, 2, 3, 4]) await tickAfter(2n * SECOND);
  expect(host.told).toEqual(['residency 6', 'residency 5', 'residency 7', 'residency 6']);
  expect(host.read[0]).toBe(0x6000n);
});

test('small files of one file system are asked for together', async () => {
  const elsewhere = { ...file(7n, 20), mapping: { ...mappingOf(7n, 'file'), device: 2 } };
  const { host, tickAfter } = watched([file(5n, 10), elsewhere, file(6n, 30), file(8n, 5, 512n * MIB)]);
  await tickAfter(0n);
  expect(host.told).toEqual(['residency 6', 'residency 5']);
  for (const _ of [1, 2]) await tickAfter(SECOND);
  expect(host.told.slice(2)).toEqual(['residency 7', 'residency 8']);
});

test('a file is looked at more and more rarely, every ten seconds at last', async () => {
  const { host, tickAfter } = watched([file(5n, 10)]);
  const looks: number[] = [];
  for (let second = 0; second < 100; second += 1) {
    await tickAfter(SECOND);
    if (host.told.length > looks.length) looks.push(second);
  }
  const pauses = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
  expect(pauses.slice(0, 3)).toEqual([1, 2, 3]);
  expect(pauses.slice(-2)).toEqual([10, 10]);
});

test('no more than a fiftieth of the time goes into it', async () => {
  const { host, tickAfter } = watched([file(5n, 10, 1024n * MIB)], { takesNs: SECOND });
  await tickAfter(0n);
  await tickAfter(49n * SECOND);
  expect(host.read).toHaveLength(1);
  await tickAfter(SECOND);
  expect(host.read).toHaveLength(2);
});

test('a small file is looked at again a second later, however long the busy host took to start fincore', async () => {
  const { host, tickAfter } = watched([file(5n, 10)], { takesNs: SECOND });
  await tickAfter(0n);
  await tickAfter(SECOND / 2n);
  expect(host.read).toHaveLength(1);
  await tickAfter(SECOND / 2n);
  expect(host.read).toHaveLength(2);
});

test('a file that takes too long is said to, and left alone for a while', async () => {
  const { host, tickAfter } = watched([file(5n, 10)], { gives: 'slow', takesNs: 2n * SECOND });
  await tickAfter(0n);
  expect(host.told).toEqual(['slow 5']);
  await tickAfter(200n * SECOND);
  expect(host.read).toHaveLength(1);
  await tickAfter(100n * SECOND);
  expect(host.read).toHaveLength(2);
});

test('a huge file is not even tried before a smaller one has shown that it goes fast', async () => {
  const huge = file(5n, 10, 1n << 44n);
  const alone = watched([huge]);
  await alone.tickAfter(0n);
  expect([alone.host.read, alone.host.told]).toEqual([[], ['slow 5']]);

  const fast = watched([huge, file(6n, 90, 1n << 30n)]);
  for (const _ of [1, 2]) await fast.tickAfter(SECOND);
  expect(fast.host.told).toEqual(['residency 6', 'residency 5']);
});

test('a file on a server is not asked for, because that may throw it out of memory, and so it is said', async () => {
  const { host, tickAfter } = watched([{ ...file(5n, 10), isLocal: false }, file(6n, 1)]);
  for (const _ of [1, 2, 3]) await tickAfter(SECOND);
  expect(host.read).toEqual([0x6000n, 0x6000n]);
  expect(host.told).toEqual(['remote 5', 'residency 6', 'residency 6']);
});

test('without fincore nothing is asked, and every file says why', async () => {
  const { host, tickAfter } = watched([file(5n, 10), file(6n, 1)], { hasFincore: false });
  for (const _ of [1, 2, 3]) await tickAfter(SECOND);
  expect(host.told).toEqual(['no-fincore 5', 'no-fincore 6']);
});

test('what is no file, and what is unmapped, is not asked for; a failure is said once', async () => {
  const unmapped = { ...file(7n, 5), mapping: null };
  const { host, tickAfter } = watched([file(5n, 10, MIB, 'shared'), unmapped]);
  await tickAfter(SECOND);
  expect(host.read).toEqual([]);
  const failing = watched([file(5n, 10)], { gives: 'failed' });
  for (const _ of [1, 2]) await failing.tickAfter(SECOND);
  expect(failing.host.read).toHaveLength(2);
  expect(failing.host.told).toEqual(['failed 5']);
});

test('once closed it asks nothing, and what comes late is not told', async () => {
  const { host, watch } = watched([file(5n, 10)]);
  watch.tick();
  watch.close();
  await turn();
  expect(host.told).toEqual([]);
});
