import { expect, test } from 'vitest';
import { ThreadsDecoder } from '../../../src/probe/decode-threads.js';

function decoderAfter(...lines: string[]): ThreadsDecoder {
  const decoder = new ThreadsDecoder();
  for (const line of ['A 1000 1', ...lines]) decoder.line(line);
  return decoder;
}

/** Key of @h0 and @h1 as bpftrace prints it: signed. */
function key(tid: number, generation: number, code: number, bucket: number): bigint {
  return BigInt.asIntN(64, (BigInt(tid) << 42n) | (BigInt(generation) << 28n) | (BigInt(code) << 8n) | BigInt(bucket));
}

test('the first switch-out of a thread carries its clocks, code and birth', () => {
  const meta = (77n << 40n) | (5n << 20n) | (BigInt(202) << 4n) | 8n | 1n;
  const line = `N 0 1 4194303 9000000000000000001 7000000000000000001 3 ${meta} 18446744073709551615 4`;
  expect(decoderAfter(line).line('D 2 2000 0')).toEqual([
    {
      kind: 'switch',
      event: 'first',
      tid: 4194303,
      generation: 77,
      atNs: 9_000_000_000_000_000_001n,
      onCpuNs: 7_000_000_000_000_000_001n,
      runQueueNs: 3n,
      code: (202 << 4) | 1,
      blockedBaseNs: 18_446_744_073_709_551_615n,
      born: true,
      majorFaults: 4,
    },
  ]);
});

test('a fault that never slept has no latency, not a latency of nought', () => {
  expect(decoderAfter().line('F 0 1 2000 41 7 7f00 ffffffff81000000 0 3 0 0 0 0 0 0')).toMatchObject([
    { kind: 'fault', latencyNs: null, address: 0x7f00n, instruction: 0xffffffff81000000n, weight: 3 },
  ]);
});

test('a fault of a goroutine tells its id, its status without the scan bit and where it began', () => {
  expect(
    decoderAfter().line('F 0 1 2000 41 7 7f00 4a0000 900 3 9223372036854775808 4098 7fff004a6f20 0 0 0'),
  ).toMatchObject([
    { kind: 'fault', goroutine: { goid: 9_223_372_036_854_775_808n, status: 2, startPc: 0x7fff004a6f20n } },
  ]);
  expect(decoderAfter().line('F 0 1 2000 41 7 7f00 4a0000 900 3 0 0 0 0 0 0')).toMatchObject([{ goroutine: null }]);
});

test('the page that a fault read is told to the last bit; swap has none', () => {
  const line = 'F 0 1 2000 41 7 7f00 4a0000 900 3 0 0 0';
  expect(decoderAfter().line(`${line} 4294967295 18446744073709551615 4503599627370495`)).toMatchObject([
    { page: { device: 4_294_967_295, inode: 18_446_744_073_709_551_615n, index: 4_503_599_627_370_495n } },
  ]);
  expect(decoderAfter().line(`${line} 0 0 0`)).toMatchObject([{ page: null }]);
});

test.each([
  ['count 3, average 7, total 21', 'as bpftrace 0.17 and 0.23 print it'],
  ['{ .count = 3, .average = 7, .total = 21 }', 'as bpftrace 0.27 prints it'],
])('faults of a file are told by the step from the one before: %s, %s', (stats) => {
  const device = (259 << 20) | 4;
  const steps = [0, 1, 2].flatMap((step) =>
    decoderAfter('D 2 2000 0').line(`@fl[${(BigInt(device) << 2n) | BigInt(step)}, -1]: ${stats}`),
  );
  const file = { kind: 'file-faults', device, inode: 18_446_744_073_709_551_615n, count: 3, totalNs: 21 };
  expect(steps).toEqual([
    { ...file, step: 'other' },
    { ...file, step: 'near' },
    { ...file, step: 'far' },
  ]);
});

test.each([
  '@fl[3, 7]: count 3, average 7, total 21',
  '@fl[17179869184, 7]: count 3, average 7, total 21',
  '@fl[4]: count 3, average 7, total 21',
  '@fl[4, 5, 6]: count 3, average 7, total 21',
  '@fl[4, 5]: count 3, total 21',
  '@fl[4, 5]: { .count = 3 }',
])('%s is nothing that the script prints', (line) => {
  const decoder = decoderAfter('D 2 2000 0');
  expect(decoder.line(line)).toEqual([]);
  expect(decoder.line('E 2')).toMatchObject([{ what: 'garbage', count: 1 }]);
});

test('faults that found no room in the map by file are told, once, and those counted later are none', () => {
  const slept = `@h0[${key(41, 7, 0xbff0, 50)}]: `;
  const decoder = decoderAfter('D 2 2000 0', `${slept}(10, 4000, 1500)`, `@h0[${key(41, 7, 0xfff0, 0)}]: (2, 0, 0)`);
  decoder.line('@fl[4, 5]: count 9, average 7, total 63');
  expect(decoder.line('E 2')).toMatchObject([{ kind: 'loss', what: 'files', count: 3 }]);
  for (const line of ['D 3 2000 1', `${slept.replace('h0', 'h1')}(4, 4000, 1500)`]) decoder.line(line);
  decoder.line('@fl[4, 5]: count 14, average 7, total 98');
  expect(decoder.line('E 3')).toEqual([]);
});

test('where faults are not counted by file none are missing', () => {
  const decoder = decoderAfter('D 2 2000 0', `@h0[${key(41, 7, 0xbff0, 50)}]: (10, 4000, 1500)`);
  expect(decoder.line('E 2')).toEqual([]);
});

test('the level is told by the capacity it was sampled under', () => {
  const decoder = decoderAfter('D 2 2000 0');
  expect(decoder.line(`@v[${(8 << 16) | 3}]: 123456789`)).toEqual([
    { kind: 'level', capacity: 8, level: 3, totalNs: 123_456_789 },
  ]);
});

test('a full stall has its begin, its length, its highest level and the number by which its threads name it', () => {
  const decoder = decoderAfter('D 2 2000 0');
  expect(decoder.line('@c[1]: (1025, 9000000000000000001, 9000000000003000001, 131074, 0)')).toEqual([
    { kind: 'stall', startNs: 9_000_000_000_000_000_001n, durationNs: 3_000_000, level: 2, capacity: 2, number: null },
  ]);
  expect(decoder.line('@c[2]: (1026, 10, 30, 131075, 7)')).toMatchObject([{ level: 3, capacity: 2, number: 7 }]);
  expect(decoder.line('P 1 1 41 7 6 7')).toEqual([{ kind: 'stall-member', tid: 41, generation: 7, after: 6, upTo: 7 }]);
});

test('full stalls that found no more room in the ring are told as missing, once', () => {
  const decoder = decoderAfter('D 2 2000 0', '@gap[0]: (1000, 2, 5000000, 3)', '@c[0]: (0, 10, 30, 65537, 0)');
  expect(decoder.line('E 2')).toMatchObject([{ what: 'stalls', count: 2 }]);
  for (const line of ['D 4 3000 0', '@gap[0]: (2000, 2, 5000000, 4)', '@c[3]: (3, 40, 50, 65537, 0)'])
    decoder.line(line);
  expect(decoder.line('E 4')).toEqual([]);
});

test('how evenly the level was sampled comes with every dump in which that changed', () => {
  const decoder = decoderAfter('D 2 2000 0');
  expect(decoder.line('@gap[0]: (1000, 2, 5000000, 3)')).toEqual([
    { kind: 'sample-gap', samples: 1000, late: 2, longestNs: 5_000_000, fullStalls: 3 },
  ]);
});

test('faults of goroutines are told by CPU, start function and whether they held a P', () => {
  const decoder = decoderAfter('D 2 2000 0');
  const start = 0x7fff_0048_1234n;
  expect(decoder.line(`@g[${(3n << 48n) | (start << 1n) | 1n}]: (5, 6000, 2000)`)).toEqual([
    { kind: 'goroutine-faults', cpu: 3, startPc: start, holding: true, count: 5, totalNs: 6000, maxNs: 2000 },
  ]);
});

test('a wait cell is read from its key, also of the highest thread id', () => {
  expect(decoderAfter('D 2 2000 0').line(`@h0[${key(4_194_303, 16_383, 0xfffff, 255)}]: (3, 4000, 1500)`)).toEqual([
    {
      kind: 'wait',
      tid: 4_194_303,
      generation: 16_383,
      code: 0xfffff,
      bucket: 255,
      epoch: 0,
      count: 3,
      totalNs: 4000,
      maxNs: 1500,
    },
  ]);
});

test('an unchanged row gives no record, a changed one gives its new figures', () => {
  const decoder = decoderAfter('D 2 2000 0', `@h0[${key(41, 7, 17, 50)}]: (3, 4000, 1500)`, 'E 2', 'D 10 3000 0');
  expect(decoder.line(`@h0[${key(41, 7, 17, 50)}]: (3, 4000, 1500)`)).toEqual([]);
  expect(decoder.line(`@h0[${key(41, 7, 17, 50)}]: (4, 6000, 2000)`)).toMatchObject([{ count: 4, totalNs: 6000 }]);
});

test('a new epoch starts its map from nought: a row as before it counts again', () => {
  const row = `@h0[${key(41, 7, 17, 50)}]: (3, 4000, 1500)`;
  const decoder = decoderAfter('D 2 2000 0', row, 'E 2', 'D 10 3000 1');
  expect(decoder.line(row), 'the map left behind, unchanged').toEqual([]);
  expect(decoder.line(row.replace('h0', 'h1'))).toMatchObject([{ epoch: 1, count: 3 }]);
  decoder.line('E 10');
  decoder.line('D 20 4000 2');
  expect(decoder.line(row)).toMatchObject([{ epoch: 2, count: 3 }]);
});

test('a thread has no negative number, whatever keys of cells look like', () => {
  const decoder = decoderAfter('D 2 2000 0');
  expect(decoder.line('@s[-41]: (1, 2, 3, 4, 5, 6)')).toEqual([]);
  expect(decoder.line('E 2')).toMatchObject([{ what: 'garbage', count: 1 }]);
});

test('the end completes a dump that was cut short, and nothing counts as lost', () => {
  const row = `@h0[${key(41, 7, 17, 50)}]: (3, 4000, 1500)`;
  const decoder = decoderAfter('D 2 2000 0', 'Z 2500 0', row);
  expect(decoder.finish()).toEqual([]);
});

test('a dump whose lines come after those of the end counts for the epoch that the end told', () => {
  const decoder = decoderAfter('Z 2500 1', 'D 2 2000 0');
  expect(decoder.line(`@h0[${key(41, 7, 17, 50)}]: (3, 4000, 1500)`)).toMatchObject([{ epoch: 0, count: 3 }]);
  expect(decoder.line(`@h1[${key(41, 7, 17, 50)}]: (1, 200, 200)`)).toMatchObject([{ epoch: 1, count: 1 }]);
});

test('what the map left behind still gained belongs to the epoch before', () => {
  const decoder = decoderAfter('D 10 3000 3');
  expect(decoder.line(`@h0[${key(41, 7, 17, 50)}]: (3, 4000, 1500)`)).toMatchObject([{ epoch: 2 }]);
  expect(decoder.line(`@h1[${key(41, 7, 17, 50)}]: (3, 4000, 1500)`)).toMatchObject([{ epoch: 3 }]);
});

test('a thread whose id is used again is told anew although its row may look the same', () => {
  const decoder = decoderAfter('D 2 2000 0', '@s[41]: (1, 2, 3, 4, 5, 6)');
  decoder.line('X 0 1 41 2500 2 3 4 5 0');
  expect(decoder.line('@s[41]: (1, 2, 3, 4, 5, 6)')).toMatchObject([{ kind: 'switch', event: 'latest', tid: 41 }]);
});

const END_CODE = (5 << 14) | (0x3ff << 4);
const CLOCKS = `@h0[${key(4_194_303, 77, END_CODE, 0)}]: (9000000000000000001, 2, 18446744073709551615)`;
const BASE = `@h0[${key(4_194_303, 77, END_CODE, 1)}]: (9000000000000000001, 5, ${(4_294_967_296n << 4n) | 8n})`;
const END = {
  kind: 'switch',
  event: 'last',
  tid: 4_194_303,
  generation: 77,
  atNs: 9_000_000_000_000_000_001n,
  onCpuNs: 2n,
  runQueueNs: 18_446_744_073_709_551_615n,
  code: 0,
  blockedBaseNs: 5n,
  born: true,
  majorFaults: 4_294_967_296,
};

test.each([
  ['in this order', [CLOCKS, BASE]],
  ['in the other order', [BASE, CLOCKS]],
])('the end of a thread is two cells, %s, in one dump or two, and is told once', (_, [first = '', second = '']) => {
  const together = decoderAfter('D 2 2000 0', first);
  expect(together.line(second)).toEqual([END]);
  for (const line of ['E 2', 'D 3 3000 1', first]) expect(together.line(line)).toEqual([]);
  expect(together.line(second)).toEqual([]);
  const apart = decoderAfter('D 2 2000 0', first, 'E 2', 'D 3 3000 1');
  expect(apart.line(first)).toEqual([]);
  expect(apart.line(second)).toEqual([END]);
});

test('halves of two threads that had the same name are not put together', () => {
  const earlier = CLOCKS.replace('9000000000000000001', '8000000000000000001');
  const decoder = decoderAfter('D 2 2000 0', earlier, 'E 2', 'D 3 3000 0');
  expect(decoder.line(BASE)).toEqual([]);
  expect(decoder.line(CLOCKS)).toEqual([END]);
});

const anEnd = (at: number): string => `X 0 1 41 ${at} 2 3 ${7n << 40n} 5 6`;
const aBegin = (at: number): string => `N 1 1 41 ${at} 2 3 ${7n << 40n} 5 6`;

test.each([
  ['a line before its cells', [anEnd(2500)], 0],
  ['its cells before a line', [], 1],
])('an end that is told by %s is one end', (_, lines, later) => {
  const cells = [
    `@h0[${key(41, 7, END_CODE, 0)}]: (2500, 2, 3)`,
    `@h0[${key(41, 7, END_CODE, 1)}]: (2500, 5, ${(6n << 4n) | 4n})`,
  ];
  const decoder = decoderAfter(...lines, 'D 2 3000 0');
  expect(cells.flatMap((line) => decoder.line(line))).toHaveLength(later);
  decoder.line('E 2');
  expect(decoder.line(anEnd(2500))).toEqual([]);
});

test('a thread that begins under the name of one that has ended has none of what that one was counted for', () => {
  const row = (map: string, count: number): string =>
    `@${map}[${key(41, 7, 17, 50)}]: (${count}, ${count * 1000}, 1500)`;
  const decoder = decoderAfter('D 2 2000 0', row('h0', 3), 'E 2', aBegin(2600));
  expect(decoder.line(anEnd(2500)), 'the end comes from another CPU').toMatchObject([{ event: 'last' }]);
  expect(decoder.line('D 3 3000 0')).toMatchObject([{ event: 'first', atNs: 2600n }]);
  expect(decoder.line(row('h0', 4))).toMatchObject([{ count: 1, totalNs: 1000 }]);
  for (const line of ['E 3', 'D 4 4000 1']) decoder.line(line);
  expect(decoder.line(row('h0', 5)), 'the map left behind').toMatchObject([{ count: 2, totalNs: 2000 }]);
  expect(decoder.line(row('h1', 4)), 'the other map').toMatchObject([{ count: 4, totalNs: 4000 }]);
});

test('ends of threads are no faults of a file', () => {
  const decoder = decoderAfter('D 2 2000 0', `@h0[${key(41, 7, 0xbff0, 50)}]: (10, 4000, 1500)`, CLOCKS, BASE);
  decoder.line('@fl[4, 5]: count 10, average 7, total 70');
  expect(decoder.line('E 2')).toEqual([]);
});

test("a gap in a CPU's numbers is a loss of that many, told once", () => {
  const decoder = decoderAfter('F 0 1 2000 41 7 0 0 0 1 0 0 0 0 0 0');
  expect(decoder.line('F 0 5 2100 41 7 0 0 0 1 0 0 0 0 0 0')).toMatchObject([
    { kind: 'loss', set: 'threads', what: 'events', count: 3, atNs: 2100n },
    { kind: 'fault' },
  ]);
  expect(decoder.line('F 0 6 2200 41 7 0 0 0 1 0 0 0 0 0 0')).toMatchObject([{ kind: 'fault' }]);
  decoder.line('D 2 3000 0');
  decoder.line('@q[0]: 6');
  expect([...decoder.line('E 2'), ...decoder.finish()]).toEqual([]);
});

test('each way a full map loses things is told by its name, and by how many since the dump before', () => {
  const decoder = decoderAfter('D 2 2000 0', '@lost[0]: 5', 'E 2', 'D 10 3000 0');
  expect(decoder.line('@lost[0]: 7')).toMatchObject([{ what: 'waits', count: 2, atNs: 3000n }]);
  expect(decoder.line('@lost[1]: 99'), 'nanoseconds, which the residue shows').toEqual([]);
  expect(decoder.line('@lost[2]: 4')).toMatchObject([{ what: 'switches', count: 4 }]);
  expect(decoder.line('@lost[3]: 6')).toMatchObject([{ what: 'faults', count: 6 }]);
});

test('registers that are not where they should be are told at the first line', () => {
  expect(new ThreadsDecoder().line('A 1000 0')).toMatchObject([{ kind: 'loss', what: 'registers', atNs: 1000n }]);
  expect(new ThreadsDecoder().line('A 1000 1')).toEqual([]);
});

test('garbage is counted at the end of the dump, once', () => {
  const decoder = decoderAfter('hello', 'F 1 2 3', '@h0[x]: (1, 2, 3)', '@h0[1]: (1, 2)', 'Z 1');
  expect(decoder.line('E 2')).toMatchObject([{ kind: 'loss', what: 'garbage', count: 5 }]);
  expect(decoder.line('E 3')).toEqual([]);
});

test("what is printed before the script's own first line is not garbage", () => {
  const decoder = new ThreadsDecoder();
  for (const line of ['stdin:1:2-3: WARNING: something', '   ~~~~', 'Attaching 5 probes...', 'A 1000 1'])
    decoder.line(line);
  expect(decoder.finish()).toEqual([]);
});

test('a line of the right shape with letters for digits is garbage, not a crash', () => {
  const decoder = decoderAfter(
    'F 0 1 abc 41 7 0 0 0 1 0 0 0 0 0 0',
    'N 0 1 41 1 2 3 f 5 6',
    'D 2 ff 0',
    '@lost[0]: x',
    '@q[0]: y',
  );
  expect(decoder.finish()).toMatchObject([{ what: 'garbage', count: 5 }]);
  expect(decoder.line('@lost[0]: 5'), 'after it the count goes on').toMatchObject([{ what: 'waits', count: 5 }]);
});

test("the emptied row of a thread that has ended is as good as none: no record, and its tid's next thread is news", () => {
  const decoder = decoderAfter('D 2 2000 0', '@s[41]: (1, 2, 3, 4, 5, 6)');
  expect(decoder.line('@s[41]: (0, 1, 0, 0, 0, 0)')).toEqual([]);
  expect(decoder.line('@s[41]: (1, 2, 3, 4, 5, 6)')).toMatchObject([{ kind: 'switch', event: 'latest', tid: 41 }]);
  expect(decoder.line('E 2')).toEqual([]);
});
