import { describe, expect, test } from 'vitest';
import { MAX_FUNCTIONS } from '../../../src/model/goroutines.js';
import { MOST_CELLS } from '../../../src/model/increase.js';
import { MAX_ADDRESSES } from '../../../src/model/stack-frames.js';
import { MAX_STACKS } from '../../../src/model/stack-ledger.js';
import { MOST_WAKER_NAMES } from '../../../src/model/wakers.js';
import type { FaultscopeRecord, ProbeSet } from '../../../src/record/record.js';
import { Kept } from '../../../src/recording/kept.js';
import { START } from './ten-seconds.js';

const SECOND = 1_000_000_000n;

const running = (set: ProbeSet): FaultscopeRecord => ({
  ...{ kind: 'probe', atNs: START, set, state: 'running', variant: null, detail: null },
});
const tick = (second: number): FaultscopeRecord => ({ kind: 'tick', atNs: START + BigInt(second) * SECOND });

type Make = (index: number) => FaultscopeRecord;

/** How many of so many records are read: all, or up to where it is too much. */
function readOf(count: number, make: Make, kept = new Kept(START)): number {
  for (let index = 0; index < count; index += 1) if (!kept.add(make(index))) return index;
  return count;
}

const ref = (index: number) => ({ tid: 1 + (index % 4_000_000), generation: index % 16_384 });

const symbol: Make = (index) => ({
  kind: 'symbol',
  ...{ atNs: START, address: BigInt(index), name: `reader::Cache::page_at(${index})`, module: 'reader', offset: 0n },
});

const stack = (index: number, frames: number): FaultscopeRecord => ({
  ...{ kind: 'stack', tid: 7, generation: 1, cell: BigInt(index), of: 'off-cpu', code: 1, kernel: [] },
  user: Array.from({ length: frames }, (_, at) => BigInt((index * 7 + at) % 50_000)),
  ...{ count: 1, totalNs: 1 },
});

/** What programs make ever more of in the course of hours, and how many of each the model keeps. */
const CHURN: readonly (readonly [of: string, kept: number, make: Make])[] = [
  ['symbols', MAX_ADDRESSES, symbol],
  [
    'waits by waker',
    MOST_CELLS,
    (index) => ({
      ...{ kind: 'wake', ...ref(index), code: 1, waker: 'thread', wakerId: 5, count: 1, totalNs: 1, maxNs: 1 },
    }),
  ],
  [
    'chains of locks',
    MOST_CELLS,
    (index) => ({ kind: 'wake-chain', ...ref(index), holder: 5, faulter: 6, count: 1, overlapNs: 1 }),
  ],
  [
    'processes that wake it',
    MOST_WAKER_NAMES,
    (index) => ({ kind: 'waker-name', atNs: START, pid: 1 + (index % 4_000_000), comm: `job-${index}` }),
  ],
  [
    'named functions',
    MAX_FUNCTIONS,
    (index) => ({ kind: 'function', pc: BigInt(index), name: `main.(*Server).handle${index}` }),
  ],
  [
    'start functions of single faults',
    MAX_FUNCTIONS,
    (index) => ({
      ...{ kind: 'fault', tid: 1, generation: 1, atNs: START, address: 1n, instruction: 1n, latencyNs: 5, weight: 1 },
      page: null,
      goroutine: { goid: BigInt(index + 1), status: 2, startPc: BigInt(index) },
    }),
  ],
];

describe('a long session is read to its end, though its program makes ever more', () => {
  test.each(CHURN)('%s than the model keeps', (_, kept, make) => {
    expect(readOf(kept + 50_000, make)).toBe(kept + 50_000);
  });

  test('threads that start and end, each of them waiting in many ways', () => {
    const kept = new Kept(START);
    kept.add(running('threads'));
    const thread = (second: number, of: number): FaultscopeRecord[] => {
      const its = { tid: 1 + ((second * 30 + of) % 100_000), generation: second % 16_384 };
      const wait = (bucket: number): FaultscopeRecord => ({
        ...{ kind: 'wait', ...its, code: 1, bucket, epoch: 0, count: 1, totalNs: 1, maxNs: 1 },
      });
      const last: FaultscopeRecord = {
        ...{ kind: 'switch', ...its, event: 'last', atNs: START + BigInt(second) * SECOND, onCpuNs: 1n, code: 1 },
        ...{ runQueueNs: 1n, blockedBaseNs: 0n, born: true, majorFaults: 0 },
      };
      return [...Array.from({ length: 50 }, (_, bucket) => wait(bucket)), last];
    };
    const isRead = (second: number): boolean =>
      Array.from({ length: 30 }, (_, of) => thread(second, of))
        .flat()
        .concat(tick(second))
        .every((record) => kept.add(record));
    expect(Array.from({ length: 1500 }, (_, second) => second).findIndex((second) => !isRead(second))).toBe(-1);
  });

  test('stacks, of a script that is started again whenever it has no more room', () => {
    const kept = new Kept(START);
    for (let run = 0; run < 8; run += 1) {
      expect(kept.add(running('stacks'))).toBe(true);
      expect(readOf(2 ** 14, (index) => stack(index, 40), kept)).toBe(2 ** 14);
    }
    expect(8 * 2 ** 14).toBeGreaterThan(2 * MAX_STACKS);
  });
});

describe('what no session has so many of is read up to where it would fill the memory', () => {
  test.each<[string, number, Make]>([
    ['stacks of one run', 600_000, (index) => stack(index, 40)],
    [
      'threads that do not end',
      100_000,
      (index) => ({ kind: 'thread', atNs: START, tid: index, startTicks: index, name: 'x' }),
    ],
    ['levels', 100_000, (index) => ({ kind: 'level', capacity: index, level: 1, totalNs: 1 })],
    [
      'devices',
      1_000_000,
      (index) => ({ kind: 'device', atNs: START, device: index, name: `sd${index}`, swap: false }),
    ],
    ['symbols with huge names', 100_000, (index) => ({ ...symbol(index), name: `${index}`.padEnd(4000, 'x') })],
  ])('%s', (_, count, make) => {
    expect(readOf(count, make)).toBeLessThan(count);
  });

  test('threads that end, of which none is old enough for the model to let go of it', () => {
    const kept = new Kept(START);
    kept.add(running('threads'));
    const ended: Make = (index) =>
      index % 100 === 0
        ? { kind: 'tick', atNs: START + BigInt(index) }
        : {
            ...{ kind: 'switch', ...ref(index), event: 'last', atNs: START, onCpuNs: 1n, code: 1, runQueueNs: 1n },
            ...{ blockedBaseNs: 0n, born: true, majorFaults: 0 },
          };
    expect(readOf(90_000, ended, kept)).toBeLessThan(90_000);
  });
});
