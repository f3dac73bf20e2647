import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StacksDecoder } from '../../../src/probe/decode-stacks.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import type { StackRecord } from '../../../src/record/stacks.js';
import { capture, VERSIONS } from './captures.js';

const WAYS = [499, 251, 127, 61, 31];

function latest(records: readonly FaultscopeRecord[], of: StackRecord['of']): readonly StackRecord[] {
  const stacks = new Map<string, StackRecord>();
  for (const record of records) {
    if (record.kind !== 'stack' || record.of !== of) continue;
    stacks.set([record.tid, record.generation, record.code, record.user, record.kernel].join(), record);
  }
  return [...stacks.values()];
}

function sum(stacks: readonly StackRecord[]): { count: number; totalNs: number } {
  return {
    count: stacks.reduce((all, { count }) => all + count, 0),
    totalNs: stacks.reduce((all, { totalNs }) => all + totalNs, 0),
  };
}

describe.each(VERSIONS)('stacks.bt as bpftrace %s printed it', (version) => {
  const { lines, threads } = capture('stacks.paths', version);
  const decoder = new StacksDecoder(() => null);
  const records = [...lines.flatMap((line) => decoder.line(line)), ...decoder.finish()];
  const toucher = threads.find(({ name }) => name === 'toucher');
  const total = (of: StackRecord['of']) =>
    records.findLast((record) => record.kind === 'stack-total' && record.of === of);

  test('each way to a page has its stack, with every fault that was taken on it', () => {
    const stacks = latest(records, 'fault');
    expect(stacks.map(({ count }) => count).sort((a, b) => b - a)).toEqual(WAYS);
    for (const { tid, code, user, kernel } of stacks) {
      expect({ tid, code, kernel }).toEqual({ tid: toucher?.tid, code: 0, kernel: [] });
      expect(user.length).toBeGreaterThan(3);
    }
    // All in the one function, from five callers.
    expect(new Set(stacks.map(({ user }) => user[0])).size).toBe(1);
    expect(new Set(stacks.map(({ user }) => user.join())).size).toBe(5);
  });

  test('the stacks add up to all there was, at every dump and at the end', () => {
    expect(total('fault')).toMatchObject({ ...sum(latest(records, 'fault')), count: toucher?.majflt });
    expect(total('off-cpu')).toMatchObject(sum(latest(records, 'off-cpu')));
  });

  test('waits have both stacks, the kernel addresses in the kernel', () => {
    const waits = latest(records, 'off-cpu');
    expect(waits.some(({ count }) => count === 40)).toBe(true);
    for (const { user, kernel } of waits) {
      expect(user.every((address) => address < 1n << 47n)).toBe(true);
      expect(kernel.length).toBeGreaterThan(3);
      expect(kernel.every((address) => address >= 0xffff_8000_0000_0000n)).toBe(true);
    }
  });

  test('nothing is lost, and no line is unknown', () => {
    expect(records.filter(({ kind }) => kind === 'loss')).toEqual([]);
  });

  test('lines that are cut, repeated or mixed up never throw', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.integer({ min: 0, max: lines.length - 1 }).map((at) => lines[at] ?? ''),
            fc
              .tuple(fc.integer({ min: 0, max: lines.length - 1 }), fc.nat(60))
              .map(([at, cut]) => lines[at]?.slice(cut) ?? ''),
            fc.string(),
            fc.constantFrom(
              '@i[1, ',
              '@f[2, ',
              ', ',
              ']: 5',
              '7f0000',
              '@t[0]: count',
              '@o[-1]: (1, 2)',
              '@s[1]: (1, 2, 3, 4)',
            ),
          ),
          { maxLength: 200 },
        ),
        (mixed) => {
          const one = new StacksDecoder(() => 5n);
          for (const line of mixed) expect(Array.isArray(one.line(line))).toBe(true);
          one.finish();
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** tid 7, generation 3, syscall 230, interruptible. */
const KEY = (7n << 42n) | (3n << 28n) | (230n << 12n) | (1n << 8n);
const WAIT = [`@i[${KEY}, `, '55d0', '', '', ', ', 'ffffffff81000010', ']: 8589934592'];
const RECORD = {
  kind: 'stack',
  cell: 1n << 33n,
  of: 'off-cpu',
  tid: 7,
  generation: 3,
  code: (230 << 4) | 1,
  user: [0x55d0n],
  kernel: [0xffffffff81000010n],
} as const;

function dump(
  decoder: StacksDecoder,
  number: number,
  lines: readonly string[],
  atNs = number * 1e9,
): FaultscopeRecord[] {
  return [`D ${number} ${atNs}`, ...lines, `E ${number}`].flatMap((line) => decoder.line(line));
}

function begun(readClock: (tid: number) => bigint | null = () => null): StacksDecoder {
  const decoder = new StacksDecoder(readClock);
  expect(decoder.line('A 1000 1')).toEqual([]);
  return decoder;
}

test('a sum is told once its stack is known, with all it has come to by then', () => {
  const decoder = begun();
  expect(dump(decoder, 1, ['@o[8589934592]: (2, 300)'])).toEqual([]);
  expect(dump(decoder, 2, ['@o[8589934592]: (3, 400)', ...WAIT])).toEqual([{ ...RECORD, count: 3, totalNs: 400 }]);
  expect(dump(decoder, 3, ['@o[8589934592]: (3, 400)'])).toEqual([]);
});

test('waits that a major fault ended have a code of their own; rows of several CPUs are one', () => {
  const decoder = begun();
  const rows = ['@o[8589934593]: (2, 300)', '@o[8589934595]: (1, 50)', '@o[8589934592]: (9, 90)'];
  expect(dump(decoder, 1, [...rows, ...WAIT])).toEqual([
    { ...RECORD, cell: (1n << 33n) | 1n, code: RECORD.code | 4, count: 3, totalNs: 350 },
    { ...RECORD, count: 9, totalNs: 90 },
  ]);
});

test('a wait that goes on counts with what it has come to, in the total as well, until its end is counted', () => {
  let clock = 9_000_000_000n;
  const decoder = begun((tid) => (tid === 7 ? clock : null));
  const waiting = '@s[7]: (1000000000, 500000000, 0, 8589934592)';
  const none = '@t[0]: count 0, average 0, total 0';
  expect(dump(decoder, 5, [waiting, none, ...WAIT])).toEqual([
    { ...RECORD, count: 1, totalNs: 8_500_000_000 },
    { kind: 'stack-total', of: 'off-cpu', count: 1, totalNs: 8_500_000_000 },
  ]);
  clock = 10_000_000_000n;
  expect(dump(decoder, 6, [waiting, none])[0]).toEqual({ ...RECORD, count: 1, totalNs: 9_500_000_000 });
  const over = ['@s[7]: (7000000000, 9600000000, 0, 0)', '@o[8589934592]: (1, 9100000000)'];
  expect(dump(decoder, 7, [...over, '@t[0]: { .count = 1, .average = 9100000000, .total = 9100000000 }'])).toEqual([
    { ...RECORD, count: 1, totalNs: 9_100_000_000 },
    { kind: 'stack-total', of: 'off-cpu', count: 1, totalNs: 9_100_000_000 },
  ]);
});

test.each([
  ['gone', []],
  ['emptied', ['@s[7]: (0, 1, 0, 0)']],
])('a thread that has ended waits no longer: its row is %s', (_, rows) => {
  const decoder = begun(() => 9_000_000_000n);
  dump(decoder, 5, ['@s[7]: (1000000000, 500000000, 0, 8589934592)', ...WAIT]);
  expect(dump(decoder, 6, rows)).toEqual([{ ...RECORD, count: 0, totalNs: 0 }]);
});

test('stacks that could not be walked are empty, and count', () => {
  const decoder = begun();
  expect(dump(decoder, 1, ['@o[8589934592]: (2, 300)', `@f[${7n << 42n}, ]: 8589934592`])).toEqual([
    {
      kind: 'stack',
      cell: 1n << 33n,
      of: 'fault',
      tid: 7,
      generation: 0,
      code: 0,
      user: [],
      kernel: [],
      count: 2,
      totalNs: 300,
    },
  ]);
});

test('where frame pointers lead to no code, the stack ends', () => {
  const decoder = begun();
  const lines = [`@f[${7n << 42n}, `, '7f01', '0', 'ffff', ']: 8589934592', '@o[8589934592]: (2, 300)'];
  expect(dump(decoder, 1, lines)).toMatchObject([{ user: [0x7f01n], count: 2 }]);
});

test('a row that is cut short is garbage, and what follows is read', () => {
  const decoder = begun();
  const lines = [`@i[${KEY}, `, '55d0', '@o[8589934592]: (2, 300)', ...WAIT];
  expect(dump(decoder, 1, lines)).toEqual([
    { ...RECORD, count: 2, totalNs: 300 },
    { kind: 'loss', atNs: 1_000_000_000n, set: 'stacks', what: 'garbage', count: 1 },
  ]);
});

test('wrong registers, and threads without a row, are told of', () => {
  expect(new StacksDecoder(() => null).line('A 1000 0')).toMatchObject([{ kind: 'loss', what: 'registers' }]);
  expect(dump(begun(), 1, ['@lost[0]: 12'])).toMatchObject([{ kind: 'loss', what: 'switches', count: 12 }]);
});
