import { describe, expect, test } from 'vitest';
import { EntryDecoder } from '../../../src/probe/decode-entry.js';
import type { EntryFaultsRecord, EntryLatencyRecord } from '../../../src/record/record.js';
import { capture, VERSIONS } from './captures.js';

describe.each(VERSIONS)('entry.bt as bpftrace %s printed it', (version) => {
  const { lines, threads } = capture('entry.coldmmap', version);
  const decoder = new EntryDecoder();
  const records = [...lines.flatMap((line) => decoder.line(line)), ...decoder.finish()];
  const cells = new Map<string, EntryLatencyRecord>();
  const faults = new Map<number, EntryFaultsRecord>();
  for (const record of records) {
    if (record.kind === 'entry-latency') cells.set(`${record.tid}.${record.bucket}`, record);
    if (record.kind === 'entry-faults') faults.set(record.tid, record);
  }

  test('the latencies add up to the major faults that each thread counted itself', () => {
    for (const { tid, majflt } of threads) {
      const count = [...cells.values()].filter((cell) => cell.tid === tid).reduce((sum, cell) => sum + cell.count, 0);
      expect(count).toBe(majflt);
    }
  });

  test('every thread has its number of page faults, minor ones among them', () => {
    expect(threads.length).toBeGreaterThan(2);
    for (const { tid, majflt } of threads) expect(faults.get(tid)?.count).toBeGreaterThanOrEqual(majflt);
  });

  test('no cell holds a longer fault than its bucket, and nothing is lost', () => {
    for (const { count, totalNs, maxNs } of cells.values()) expect(totalNs).toBeLessThanOrEqual(count * maxNs);
    expect(records.filter(({ kind }) => kind === 'loss')).toEqual([]);
  });
});

function decoderAfter(...lines: string[]): EntryDecoder {
  const decoder = new EntryDecoder();
  for (const line of ['A 1000', ...lines]) decoder.line(line);
  return decoder;
}

test('an unchanged row gives no record', () => {
  const decoder = decoderAfter('D 2 2000', '@e[41]: (1500, 3, 7)');
  expect(decoder.line('@e[41]: (1500, 3, 7)')).toEqual([]);
  expect(decoder.line('@e[41]: (1600, 4, 7)')).toEqual([{ kind: 'entry-faults', tid: 41, generation: 7, count: 4 }]);
});

test("a thread's end carries its last count", () => {
  expect(decoderAfter().line('X 4194303 16383 12')).toEqual([
    { kind: 'entry-faults', tid: 4_194_303, generation: 16_383, count: 12 },
  ]);
});

test('a latency cell is read from its key, also of the highest thread id', () => {
  const key = BigInt.asIntN(64, (4_194_303n << 42n) | (16_383n << 28n) | 77n);
  expect(decoderAfter().line(`@l[${key}]: (2, 30, 20)`)).toEqual([
    { kind: 'entry-latency', tid: 4_194_303, generation: 16_383, bucket: 77, count: 2, totalNs: 30, maxNs: 20 },
  ]);
});

test('a full map is told by how many more faults it lost', () => {
  const decoder = decoderAfter('D 2 2000', '@lost[0]: 5', 'E 2', 'D 10 3000');
  expect(decoder.line('@lost[0]: 5')).toEqual([]);
  expect(decoder.line('@lost[0]: 9')).toEqual([{ kind: 'loss', atNs: 3000n, set: 'entry', what: 'faults', count: 4 }]);
});

test('garbage is counted at the end of the dump, once; what comes before the first line is none', () => {
  const decoder = new EntryDecoder();
  for (const line of ['stdin: WARNING', 'A 1000', 'nonsense', '@e[1]: (1, 2)', 'X 1 2']) decoder.line(line);
  expect(decoder.line('E 2')).toMatchObject([{ what: 'garbage', count: 3 }]);
  expect(decoder.finish()).toEqual([]);
});

test('the emptied row of a thread that has ended gives no record', () => {
  const decoder = decoderAfter('D 2 2000', '@e[41]: (1500, 3, 7)', 'X 41 7 3');
  expect(decoder.line('@e[41]: (0, 0, 1)')).toEqual([]);
  expect(decoder.line('E 2')).toEqual([]);
});
