import { describe, expect, test } from 'vitest';
import { bucketRange } from '../../../src/model/histogram.js';
import { RequestsDecoder } from '../../../src/probe/decode-requests.js';
import type { RequestCellRecord, RequestRecord } from '../../../src/record/record.js';
import { capture, VERSIONS } from './captures.js';

/** From reading a request to the kernel's end of the send, the script's clock; the server reads its own a little later. */
const CLOCKS_NS = 200_000;

describe.each(VERSIONS)('requests.bt as bpftrace %s printed it', (version) => {
  const { lines, requests: truth } = capture('requests.answers', version);
  const decoder = new RequestsDecoder();
  const records = [...lines.flatMap((line) => decoder.line(line)), ...decoder.finish()];
  const latest = new Map<number, RequestCellRecord>();
  for (const record of records) if (record.kind === 'request-cell') latest.set(record.bucket, record);
  const cells = [...latest.values()];
  const singles = records.filter((record): record is RequestRecord => record.kind === 'request');

  test('every request that the server answered is counted, and no more', () => {
    expect(truth.answered).toBe(200);
    expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(truth.answered);
  });

  test('they took as long as the server measured itself', () => {
    const totalNs = cells.reduce((sum, cell) => sum + cell.totalNs, 0);
    expect(Math.abs(totalNs - truth.totalNs) / truth.answered).toBeLessThan(CLOCKS_NS);
  });

  test('each cell holds what belongs in its bucket', () => {
    for (const { bucket, count, totalNs, maxNs } of cells) {
      const { fromNs, toNs } = bucketRange(bucket);
      expect(totalNs / count).toBeGreaterThanOrEqual(fromNs);
      expect(totalNs / count).toBeLessThan(toNs);
      expect(maxNs).toBeLessThan(toNs);
    }
  });

  test('the single requests stand for no more than there were, and for most of them', () => {
    const weight = singles.reduce((sum, single) => sum + single.weight, 0);
    expect(weight).toBeLessThanOrEqual(truth.answered);
    expect(weight).toBeGreaterThan(truth.answered * 0.8);
  });

  test('nothing is lost', () => {
    expect(records.filter(({ kind }) => kind === 'loss')).toEqual([]);
  });
});

function decoderAfter(...lines: string[]): RequestsDecoder {
  const decoder = new RequestsDecoder();
  for (const line of ['A 1000', ...lines]) decoder.line(line);
  return decoder;
}

test("the rows that two CPUs have of one bucket become one cell, at the dump's end", () => {
  const decoder = decoderAfter('D 2 2000');
  expect(decoder.line('@h[77]: (2, 30, 20)')).toEqual([]);
  expect(decoder.line(`@h[${(3 << 8) | 77}]: (1, 25, 25)`)).toEqual([]);
  expect(decoder.line('E 2')).toEqual([{ kind: 'request-cell', bucket: 77, count: 3, totalNs: 55, maxNs: 25 }]);
});

test('a cell of which one row has changed tells the others too; one that has not tells nothing', () => {
  const decoder = decoderAfter('D 2 2000', '@h[77]: (2, 30, 20)', '@h[333]: (1, 25, 25)', '@h[80]: (1, 9, 9)', 'E 2');
  decoder.line('D 3 3000');
  decoder.line('@h[77]: (4, 50, 20)');
  decoder.line('@h[80]: (1, 9, 9)');
  expect(decoder.line('E 3')).toEqual([{ kind: 'request-cell', bucket: 77, count: 5, totalNs: 75, maxNs: 25 }]);
});

test('a single request is told at once, one that never arrived as a loss', () => {
  const decoder = decoderAfter();
  expect(decoder.line('R 1 1 5000 700 3')).toEqual([{ kind: 'request', atNs: 5000n, durationNs: 700, weight: 3 }]);
  expect(decoder.line('R 1 4 6000 800 0')).toEqual([
    { kind: 'loss', atNs: 6000n, set: 'requests', what: 'events', count: 2 },
    { kind: 'request', atNs: 6000n, durationNs: 800, weight: 0 },
  ]);
});

test('the ports that the script takes for a server are known', () => {
  expect([...decoderAfter('D 2 2000', '@port[8080]: 1', '@port[443]: 1', 'E 2').ports]).toEqual([8080, 443]);
});

test('a full map is told by how many more requests it lost', () => {
  const decoder = decoderAfter('D 2 2000', '@lost[0]: 5', 'E 2', 'D 10 3000');
  expect(decoder.line('@lost[0]: 9')).toEqual([
    { kind: 'loss', atNs: 3000n, set: 'requests', what: 'requests', count: 4 },
  ]);
});

test('what bpftrace prints at its end is a dump too', () => {
  const decoder = decoderAfter('D 2 2000', 'E 2', 'Z 3000', '@h[77]: (1, 20, 20)');
  expect(decoder.finish()).toEqual([{ kind: 'request-cell', bucket: 77, count: 1, totalNs: 20, maxNs: 20 }]);
});
