import { expect, test } from 'vitest';
import { type Mapping, readMappings } from '../../../src/host/mappings.js';
import { ReadableFiles } from '../../../src/session/readable-files.js';

const SECOND = 1_000_000_000n;

/** One of our own. */
function anyMapping(): Mapping {
  const mapping = readMappings('/proc/self/maps').find(({ of }) => of === 'file');
  if (mapping === undefined) throw new Error('nothing is mapped');
  return mapping;
}

function filesOn({ isLocal, answering }: { isLocal: boolean; answering: boolean }) {
  const host = { nowNs: 0n, answering, asked: [] as string[] };
  const ask = async (path: string) => {
    host.asked.push(path);
    return host.answering;
  };
  const files = new ReadableFiles(process.pid, { isLocal: () => isLocal }, () => host.nowNs, ask);
  return { host, files };
}

test('what is local can be read, and nobody is asked', () => {
  const { host, files } = filesOn({ isLocal: true, answering: false });
  expect(files.program()).toBe(true);
  expect(files.mapped(anyMapping())).toBe(true);
  expect(host.asked).toEqual([]);
});

test('the server of anything else is asked, for the very file', async () => {
  const { host, files } = filesOn({ isLocal: false, answering: true });
  const mapping = anyMapping();
  expect(await files.program()).toBe(true);
  expect(await files.mapped(mapping)).toBe(true);
  const range = `${mapping.start.toString(16)}-${mapping.end.toString(16)}`;
  expect(host.asked).toEqual([`/proc/${process.pid}/exe`, `/proc/${process.pid}/map_files/${range}`]);
});

test('one that does not answer is left alone for a minute', async () => {
  const { host, files } = filesOn({ isLocal: false, answering: false });
  const mapping = anyMapping();
  expect(await files.mapped(mapping)).toBe(false);
  host.answering = true;
  host.nowNs = 59n * SECOND;
  expect(await files.mapped(mapping)).toBe(false);
  expect(host.asked).toHaveLength(1);
  host.nowNs = 61n * SECOND;
  expect(await files.mapped(mapping)).toBe(true);
});
