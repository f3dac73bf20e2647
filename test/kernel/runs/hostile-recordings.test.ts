import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { frameHeader } from '../../../src/recording/frames.js';
import { RecordingWriter } from '../../../src/recording/writer.js';
import { START, session } from '../../unit/recording/ten-seconds.js';

const READER = fileURLToPath(new URL('../../support/read-recording.mjs', import.meta.url));
const MOST_MIB = 512;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultscope-hostile.'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** More than the model keeps of anything, and fewer where each has a long name. */
const MANY = 100_000;
const MANY_LONG = 30_000;

/** So many records: `make` gives the one of that index; a moment has a few thousand. */
async function many(count: number, make: (index: number) => FaultscopeRecord): Promise<string> {
  const path = join(directory, 'many.fscope');
  const writer = await RecordingWriter.create(path, { force: true });
  const { atNs } = session;
  const running = (['threads', 'entry', 'requests', 'pagecache', 'storage', 'stacks', 'wakers'] as const).map(
    (set): FaultscopeRecord => ({ kind: 'probe', atNs, set, state: 'running', variant: null, detail: null }),
  );
  writer.write([session, ...running]);
  for (let from = 0; from < count; from += 5000) {
    const records = Array.from({ length: 5000 }, (_, index) => make(from + index));
    writer.write([...records, { kind: 'tick', atNs: START + BigInt(from) * 1_000_000n }]);
  }
  await writer.close();
  expect(writer.leftOut).toBe(0);
  return path;
}

function read(path: string): { readonly warnings: readonly string[]; readonly residentMiB: number } {
  return JSON.parse(execFileSync(process.execPath, [READER, path], { encoding: 'utf8', timeout: 100_000 }));
}

const TID = (index: number): number => 1 + (index % 4_000_000);
const sums = { count: 1, totalNs: 1, maxNs: 1 };
const actor = (index: number) => ({ pid: TID(index), generation: index % 16_384 });
const long = (index: number): string => `${index}`.padEnd(4000, 'x');

const HOSTILE: { readonly [of: string]: (index: number) => FaultscopeRecord } = {
  threads: (index) => ({ kind: 'thread', atNs: START, tid: TID(index), startTicks: index, name: `${index}` }),
  'threads with long names': (index) => ({
    kind: 'thread',
    atNs: START,
    tid: TID(index),
    startTicks: index,
    name: long(index),
  }),
  'threads that ended and come again': (index) => ({
    kind: 'switch',
    event: index % 2 === 0 ? 'last' : 'first',
    ...{ tid: TID(index >> 2), generation: 1, atNs: START + BigInt(index), onCpuNs: 1n, runQueueNs: 1n, code: 1 },
    ...{ blockedBaseNs: 0n, born: true, majorFaults: 1 },
  }),
  'wait codes': (index) => ({
    kind: 'wait',
    tid: 1 + (index % 8),
    generation: 1,
    code: index % 2 ** 20,
    bucket: index % 256,
    epoch: 0,
    ...sums,
  }),
  epochs: (index) => ({ kind: 'wait', tid: 1, generation: 1, code: 1, bucket: 9, epoch: index, ...sums }),
  levels: (index) => ({ kind: 'level', capacity: index % 2 ** 20, level: index % 2 ** 17, totalNs: 1 }),
  'start functions': (index) => ({ kind: 'goroutine-faults', cpu: 0, startPc: BigInt(index), holding: true, ...sums }),
  'goroutines of single faults': (index) => ({
    kind: 'fault',
    ...{ tid: 1, generation: 1, atNs: START, address: BigInt(index), instruction: 1n, latencyNs: 5, weight: 1 },
    page: { device: 1, inode: BigInt(index), index: 2n ** 51n },
    goroutine: { goid: BigInt(index + 1), status: 2, startPc: BigInt(index) },
  }),
  'files with long names': (index) => ({
    kind: 'file',
    atNs: START,
    device: 1,
    inode: BigInt(index),
    path: long(index),
    deleted: false,
    sizeBytes: 1n,
  }),
  'faults of files': (index) => ({
    kind: 'file-faults',
    device: 1,
    inode: BigInt(index),
    step: 'other',
    count: 1,
    totalNs: 1,
  }),
  mappings: (index) => ({
    kind: 'mapping',
    ...{ atNs: START, start: BigInt(index) * 8192n, end: BigInt(index) * 8192n + 4096n, of: 'file', path: long(index) },
    ...{ offset: 0n, device: 1, inode: BigInt(index) },
  }),
  'actors with long names': (index) => ({
    kind: 'actor',
    ...actor(index),
    atNs: START,
    comm: 'x',
    command: long(index),
    cgroup: long(index + 1),
    kernelThread: false,
  }),
  evictors: (index) => ({
    kind: 'evictions',
    device: 1,
    inode: BigInt(index),
    actor: actor(index),
    way: 'reclaim',
    pages: 1,
  }),
  fillers: (index) => ({
    kind: 'fill',
    actor: actor(index),
    source: 'page-cache',
    atNs: START + BigInt(index) * 1_000_000n,
    bytes: 1,
  }),
  'causes of faults': (index) => ({
    kind: 'fault-cause',
    ...{ device: 1, inode: BigInt(index), cause: 'refault', count: 1, totalNs: 1, ageTotalNs: 1, ageMaxNs: 1 },
    eviction: { actor: actor(index), way: 'kswapd', atNs: START + BigInt(index) * 1_000_000_000n },
  }),
  devices: (index) => ({
    kind: 'io-cell',
    device: index,
    origin: 'fault',
    write: false,
    stage: 'queue',
    bucket: 1,
    ...sums,
    bytes: 1,
  }),
  'deep stacks': (index) => ({
    kind: 'stack',
    ...{
      tid: TID(index),
      generation: 1,
      cell: BigInt(index),
      of: 'off-cpu',
      code: 1,
      count: 1,
      totalNs: 1,
      kernel: [],
    },
    user: Array.from({ length: index % 50 === 0 ? 1000 : 2 }, (_, at) => BigInt(index + at * 7)),
  }),
  'waits by waker': (index) => ({
    kind: 'wake',
    ...{ tid: TID(index), generation: index % 16_384, code: 1, waker: 'thread', wakerId: TID(index) },
    ...sums,
  }),
  'named functions': (index) => ({ kind: 'function', pc: BigInt(index), name: `f${index}` }),
  symbols: (index) => ({
    kind: 'symbol',
    atNs: START,
    address: BigInt(index),
    name: `f${index}`,
    module: 'm',
    offset: 0n,
  }),
};

test.each(Object.entries(HOSTILE))(
  'any number of different %s do not fill the memory',
  { timeout: 200_000 },
  async (of, make) => {
    const path = await many(/long|mappings/.test(of) ? MANY_LONG : MANY, make);
    expect(read(path).residentMiB).toBeLessThan(MOST_MIB);
  },
);

test('neither zip bombs nor frames that claim to be huge fill the memory', () => {
  const path = join(directory, 'bomb.fscope');
  const bomb = gzipSync(Buffer.alloc(2 ** 30));
  const beginning = readFileSync(fileURLToPath(new URL('../../fixtures/recordings/v1.fscope', import.meta.url)));
  writeFileSync(path, beginning);
  for (let number = 100; number < 130; number += 1) {
    const claims = { kind: 'moment', number, atNs: START, packedBytes: bomb.length } as const;
    appendFileSync(path, Buffer.concat([frameHeader({ ...claims, payloadBytes: 2 ** 21 }), bomb]));
    appendFileSync(path, frameHeader({ ...claims, packedBytes: 2 ** 32 - 1, payloadBytes: 2 ** 32 - 1 }));
  }
  const { residentMiB, warnings } = read(path);
  expect(residentMiB).toBeLessThan(MOST_MIB);
  expect(warnings).toHaveLength(1);
});
