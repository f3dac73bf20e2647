import { describe, expect, test } from 'vitest';
import { classifyWait } from '../../../src/model/classify.js';
import { WakersDecoder } from '../../../src/probe/decode-wakers.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import type { WakeRecord } from '../../../src/record/wakers.js';
import { capture, VERSIONS } from './captures.js';

/** From asking the clock to going to sleep, and from being woken to asking it again, on a busy machine. */
const CLOCKS = { of: 0.2, perWaitNs: 400_000 };

describe.each(VERSIONS)('wakers.bt as bpftrace %s printed it', (version) => {
  const { lines, threads: truth } = capture('wakers.wakers', version);
  const decoder = new WakersDecoder();
  const records = [...lines.flatMap((line) => decoder.line(line)), ...decoder.finish()];
  const latest = new Map<string, WakeRecord>();
  for (const record of records) {
    if (record.kind === 'wake') latest.set(`${record.tid} ${record.code} ${record.waker} ${record.wakerId}`, record);
  }

  const expected = [
    ['futex', 'lock'],
    ['pipe', 'net'],
    ['timer', 'sleep'],
    ['fault', 'fault'],
  ] as const;
  test.each(expected)('every wait of the thread %s is counted, as %s', (name, cause) => {
    const { tid, waits = 0, waitNs = 0 } = truth.find((thread) => thread.name === name) ?? { tid: 0 };
    const rows = [...latest.values()].filter(
      (row) => row.tid === tid && classifyWait(row.code, 'x86_64').cause === cause,
    );
    expect(waits).toBeGreaterThan(10);
    // One more: it may have waited for another's printing at its end.
    const count = rows.reduce((sum, row) => sum + row.count, 0);
    expect(count - waits === 0 || count - waits === 1).toBe(true);
    const totalNs = rows.reduce((sum, row) => sum + row.totalNs, 0);
    expect(totalNs).toBeLessThan(waitNs);
    expect(totalNs).toBeGreaterThan(waitNs * (1 - CLOCKS.of) - waits * CLOCKS.perWaitNs);
  });

  test('the thread that woke the one on the futex, and no other, ended its lock waits', () => {
    const tid = truth.find(({ name }) => name === 'futex')?.tid;
    const rows = [...latest.values()].filter((row) => row.tid === tid && row.count > 1);
    expect(new Set(rows.map(({ waker }) => waker))).toEqual(new Set(['thread']));
    expect(new Set(rows.map(({ wakerId }) => wakerId)).size).toBe(1);
  });

  test('nothing is lost', () => {
    expect(records.filter(({ kind }) => kind === 'loss')).toEqual([]);
  });
});

function decoded(...lines: string[]): FaultscopeRecord[] {
  const decoder = new WakersDecoder();
  return ['A 1000 1', 'D 2 2000', ...lines].flatMap((line) => decoder.line(line));
}

const key = (tid: bigint, code: bigint, kind: bigint) =>
  BigInt.asIntN(64, (tid << 42n) | (734n << 28n) | (code << 8n) | kind).toString();

test('a cell names the thread, why it waited and who ended it, also under tids that make its key negative', () => {
  expect(decoded(`@w[${key(2_097_300n, 3233n, 1n)}, 2097301]: (3, 900, 500)`)).toEqual([
    {
      kind: 'wake',
      tid: 2_097_300,
      generation: 734,
      code: 3233,
      waker: 'thread',
      wakerId: 2_097_301,
      count: 3,
      totalNs: 900,
      maxNs: 500,
    },
  ]);
});

test('a chain names the waiter, the holder and the one in the fault', () => {
  const link = ((4_194_300n << 32n) | 4_194_301n).toString();
  expect(decoded(`@chain[${key(40n, 0n, 0n)}, ${link}]: (27, 541681264)`)).toEqual([
    {
      kind: 'wake-chain',
      tid: 40,
      generation: 734,
      holder: 4_194_300,
      faulter: 4_194_301,
      count: 27,
      overlapNs: 541_681_264,
    },
  ]);
});

test.each([
  '@w[1]: (1, 2, 3)',
  `@w[${key(4n, 0n, 9n)}, 1]: (1, 2, 3)`,
  `@w[${key(4n, 0n, 1n)}, 1]: (1, 2)`,
  `@w[${key(4n, 0n, 1n)}, 1, 2]: (1, 2, 3)`,
  `@chain[${key(4n, 0n, 0n)}, 1]: 5`,
  '@lost[7]: 5',
  'W 1 2',
])('%s is no line of the script', (line) => {
  expect([...decoded(line, 'E 2')]).toMatchObject([{ kind: 'loss', what: 'garbage', count: 1 }]);
});

test('full maps are told by what could not be counted', () => {
  expect(decoded('@lost[0]: 5', '@lost[1]: 2')).toMatchObject([
    { kind: 'loss', what: 'wakes', count: 5 },
    { kind: 'loss', what: 'chains', count: 2 },
  ]);
});

test.each([['A 1000 0'], ['A 1000 1', 'I 0']])(
  'a layout that proves wrong in a try is told, so that another is tried',
  (...lines) => {
    const decoder = new WakersDecoder();
    expect(lines.flatMap((line) => decoder.line(line))).toMatchObject([{ kind: 'loss', what: 'registers' }]);
  },
);
