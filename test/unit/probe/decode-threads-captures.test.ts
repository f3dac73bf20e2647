import { describe, expect, test } from 'vitest';
import { ThreadsDecoder } from '../../../src/probe/decode-threads.js';
import { THREAD_END, unpackCellKey } from '../../../src/probe/pack.js';
import type { FaultscopeRecord, WaitRecord } from '../../../src/record/record.js';
import { capture, VERSIONS, type Version } from './captures.js';

const WORKLOADS = ['threads.coldmmap', 'threads.causes', 'threads.threadchurn'] as const;
const RUNS = VERSIONS.flatMap((version) => WORKLOADS.map((workload) => ({ version, workload })));

function decode(lines: readonly string[]): { decoder: ThreadsDecoder; records: FaultscopeRecord[] } {
  const decoder = new ThreadsDecoder();
  const records = lines.flatMap((line) => decoder.line(line));
  return { decoder, records: [...records, ...decoder.finish()] };
}

/** Keys of cells that are half of a thread's end. */
function endCells(lines: readonly string[]): Set<string> {
  const keys = lines.flatMap((line) => /^@h[01]\[(-?\d+)\]/.exec(line)?.[1] ?? []);
  return new Set(keys.filter((key) => unpackCellKey(BigInt(key)).code === THREAD_END));
}

function decodeCapture(workload: string, version: Version) {
  const run = capture(workload, version);
  return { ...run, ...decode(run.lines) };
}

describe.each(RUNS)('$workload as bpftrace $version printed it', ({ workload, version }) => {
  const { lines, records, decoder } = decodeCapture(workload, version);
  const starting = (prefix: string) => lines.filter((line) => line.startsWith(prefix)).length;
  const ofKind = <K extends FaultscopeRecord['kind']>(kind: K) =>
    records.filter((record): record is Extract<FaultscopeRecord, { kind: K }> => record.kind === kind);

  test('every printed record becomes one record, every whole dump is counted', () => {
    expect(ofKind('fault')).toHaveLength(starting('F '));
    expect(ofKind('switch').filter(({ event }) => event === 'first')).toHaveLength(starting('N '));
    expect(decoder.dumps).toBe(starting('E ') + 1);
  });

  test('every end of a thread is told once, though the first thread has cells and a line', () => {
    const ends = ofKind('switch').filter(({ event }) => event === 'last');
    expect(starting('X '), 'the first thread').toBe(1);
    expect(ends).toHaveLength(endCells(lines).size / 2);
    expect(new Set(ends.map(({ tid, generation }) => `${tid}.${generation}`)).size).toBe(ends.length);
  });

  test('nothing is lost and no line is garbage, whatever warnings come before the first one', () => {
    expect(ofKind('loss')).toEqual([]);
  });

  test('the time of attaching is what the script said', () => {
    const attached = lines.find((line) => line.startsWith('A '))?.split(' ')[1] ?? '';
    expect(decoder.attachedNs).toBe(BigInt(attached));
  });

  test('addresses and stamps are kept to the last bit', () => {
    const [printed = ''] = lines.filter((line) => line.startsWith('F '));
    const [, , , at = '', tid = '', , address = '', ip = ''] = printed.split(' ');
    expect(ofKind('fault')[0]).toMatchObject({
      atNs: BigInt(at),
      tid: Number(tid),
      address: BigInt(`0x${address}`),
      instruction: BigInt(`0x${ip}`),
    });
  });

  test('rows that say what they said before give no records', () => {
    const rows = lines.filter((line) => /^@(h0|h1|s)\[/.test(line));
    const latest = ofKind('switch').filter(({ event }) => event === 'latest');
    const cells = ofKind('wait').length + latest.length + endCells(lines).size;
    expect(cells).toBeGreaterThan(0);
    expect(cells).toBeLessThanOrEqual(rows.length);
    expect(cells).toBeGreaterThanOrEqual(new Set(rows).size * 0.9);
  });
});

test.each(VERSIONS)(
  'what bpftrace %s printed of files adds up to all faults, and each single one names its page',
  (version) => {
    const { records, threads } = decodeCapture('threads.coldmmap', version);
    const byFile = new Map<string, number>();
    for (const record of records) {
      if (record.kind === 'file-faults') byFile.set(`${record.device} ${record.inode} ${record.step}`, record.count);
    }
    const counted = [...byFile.values()].reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(threads.reduce((sum, { majflt }) => sum + majflt, 0));
    const pages = records.filter((record) => record.kind === 'fault').map(({ page }) => page);
    expect(pages.length).toBeGreaterThan(10);
    for (const page of pages) expect(byFile.has(`${page?.device} ${page?.inode} other`)).toBe(true);
  },
);

test.each(VERSIONS)('what bpftrace %s printed of levels and full stalls comes out whole', (version) => {
  const { lines, records } = decodeCapture('threads.coldmmap', version);
  const ofKind = <K extends FaultscopeRecord['kind']>(kind: K) =>
    records.filter((record): record is Extract<FaultscopeRecord, { kind: K }> => record.kind === kind);
  const levels = new Map(ofKind('level').map(({ level, totalNs }) => [level, totalNs]));
  const sampledNs = [...levels.values()].reduce((sum, ns) => sum + ns, 0);
  const { samples = 0, fullStalls = 0 } = ofKind('sample-gap').at(-1) ?? {};
  expect(
    ofKind('level')
      .filter(({ totalNs }) => totalNs > 0)
      .every(({ capacity }) => capacity === 1),
  ).toBe(true);
  expect(sampledNs).toBeGreaterThan(3e9);
  expect(samples).toBeGreaterThan(1000);
  expect(levels.get(1)).toBeGreaterThan(0);
  expect(ofKind('stall')).toHaveLength(fullStalls);
  expect(ofKind('stall-member')).toHaveLength(lines.filter((line) => line.startsWith('P ')).length);
  for (const { durationNs, level } of ofKind('stall')) {
    expect(durationNs).toBeGreaterThanOrEqual(1e6);
    expect(level).toBeGreaterThanOrEqual(1);
  }
});

test.each(VERSIONS)('thread ids from 2^21 on, whose keys bpftrace %s prints negative, come out whole', (version) => {
  const { threads, records } = decodeCapture('threads.causes', version);
  const tids = new Set(records.filter((record): record is WaitRecord => record.kind === 'wait').map(({ tid }) => tid));
  expect(threads.length).toBeGreaterThan(10);
  for (const { tid } of threads) {
    expect(tid).toBeGreaterThan(2 ** 21);
    expect(tids).toContain(tid);
  }
});

test.each(VERSIONS)('with bpftrace %s the histograms change maps and every epoch is told apart', (version) => {
  const { lines, records } = decodeCapture('threads.coldmmap', version);
  const dumped = new Set(lines.filter((line) => /^[DZ] /.test(line)).map((line) => Number(line.split(' ').at(-1))));
  const seen = new Set(
    records.filter((record): record is WaitRecord => record.kind === 'wait').map(({ epoch }) => epoch),
  );
  expect(dumped.size).toBeGreaterThan(2);
  expect(seen.size).toBeGreaterThan(2);
  expect([...dumped]).toEqual(expect.arrayContaining([...seen]));
});
