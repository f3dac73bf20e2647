import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONGEST_STALLS, RECENT_STALLS, type StallsView } from '../../../src/model/snapshot.js';
import { Stalls } from '../../../src/model/stalls.js';
import type { LevelRecord, SampleGapRecord, StallMemberRecord, StallRecord } from '../../../src/record/record.js';
import { BEGIN, first, ref, running, SECOND, switchOut, thread, tick, traceOf } from './records.js';

const MS = 1_000_000;

function level(capacity: number, at: number, totalMs: number): LevelRecord {
  return { kind: 'level', capacity, level: at, totalNs: totalMs * MS };
}

function gap(fields: Partial<SampleGapRecord> = {}): SampleGapRecord {
  return { kind: 'sample-gap', samples: 1000, late: 0, longestNs: MS, fullStalls: 0, ...fields };
}

/** `startMs` counts from BEGIN. */
function stall(startMs: number, durationMs: number, number: number | null = null): StallRecord {
  const startNs = BEGIN + BigInt(startMs * MS);
  return { kind: 'stall', startNs, durationNs: durationMs * MS, level: 2, capacity: 2, number };
}

function member(tid: number, after: number, upTo: number): StallMemberRecord {
  return { kind: 'stall-member', tid, generation: 7, after, upTo };
}

function told(...records: (LevelRecord | SampleGapRecord | StallRecord | StallMemberRecord)[]): Stalls {
  const stalls = new Stalls();
  for (const record of records) {
    if (record.kind === 'level') stalls.applyLevel(record);
    else if (record.kind === 'sample-gap') stalls.applyGap(record);
    else if (record.kind === 'stall') stalls.applyStall(record);
    else stalls.applyMember(record);
  }
  return stalls;
}

const nameOf = (tid: number): string => `thread ${tid}`;

function viewOf(stalls: Stalls, capacity: number | null = 2): StallsView {
  const view = stalls.view(capacity, (atNs) => Number(atNs - BEGIN), nameOf);
  if (view === null) throw new Error('nothing was sampled');
  return view;
}

describe('the level', () => {
  test('is not known before the first sample', () => {
    expect(new Stalls().view(2, Number, nameOf)).toBeNull();
    expect(new Stalls().tick()).toBeNull();
  });

  test('is a share of the sampled time: full at the capacity and beyond, lost by what is stuck below it', () => {
    const view = viewOf(told(level(2, 0, 400), level(2, 1, 300), level(2, 2, 200), level(2, 3, 100)));
    expect(view.levelNs).toEqual([400, 300, 200, 100].map((ms) => ms * MS));
    expect(view.sampledNs).toBe(1000 * MS);
    expect(view.fullNs).toBe(300 * MS);
    expect(view.lostParallelism).toBeCloseTo((300 / 2 + 200 + 100) / 1000, 9);
  });

  test('that never occurred is nought, not missing', () => {
    expect(viewOf(told(level(4, 3, 10), level(4, 0, 90))).levelNs).toEqual([90 * MS, 0, 0, 10 * MS]);
  });

  test('is held against the capacity of its time when that has changed', () => {
    const view = viewOf(told(level(2, 2, 100), level(4, 2, 100), level(4, 4, 100)), 4);
    expect(view.capacity).toBe(4);
    expect(view.fullNs).toBe(200 * MS);
    expect(view.lostParallelism).toBeCloseTo((100 + 50 + 100) / 300, 9);
    expect(view.levelNs[2]).toBe(200 * MS);
  });

  test('is never full where no capacity is known, and what is lost is not known either', () => {
    const view = viewOf(told(level(0, 5, 100), level(0, 0, 100)), null);
    expect(view.fullNs).toBe(0);
    expect(view.lostParallelism).toBeNull();
    expect(view.levelNs[5]).toBe(100 * MS);
  });

  test('counts towards lost parallelism only while a capacity was known', () => {
    expect(viewOf(told(level(0, 0, 1000), level(2, 2, 100))).lostParallelism).toBe(1);
  });

  test('at a tick is what was sampled since the one before', () => {
    const stalls = told(level(2, 0, 100), level(2, 2, 100));
    expect(stalls.tick()).toEqual({
      sampledNs: 200 * MS,
      levelTimeNs: 200 * MS,
      fullNs: 100 * MS,
      lostNs: 100 * MS,
    });
    expect(stalls.tick()).toBeNull();
    stalls.applyLevel(level(2, 0, 150));
    stalls.applyLevel(level(2, 1, 50));
    expect(stalls.tick()).toEqual({ sampledNs: 100 * MS, levelTimeNs: 50 * MS, fullNs: 0, lostNs: 25 * MS });
    expect(viewOf(stalls).now).toEqual({ level: 0.5, fullFraction: 0 });
  });

  test('of late is that of the last ten seconds', () => {
    const stalls = new Stalls();
    expect(viewOf(told(level(2, 0, 1))).recentFullFraction).toBeNull();
    for (let second = 1; second <= 100; second += 1) {
      stalls.applyLevel(level(2, 0, second * 500));
      stalls.applyLevel(level(2, 2, second * 500));
      stalls.tick();
    }
    expect(viewOf(stalls).recentFullFraction).toBeCloseTo(0.5, 9);
    for (let second = 1; second <= 5; second += 1) {
      stalls.applyLevel(level(2, 0, 50_000 + second * 1000));
      stalls.tick();
    }
    expect(viewOf(stalls).recentFullFraction).toBeCloseTo(0.25, 9);
    expect(viewOf(stalls).fullNs).toBe(50_000 * MS);
  });

  test('at all ticks together is the level over all', () => {
    const cells = fc.array(fc.record({ level: fc.nat(5), capacity: fc.nat(3), ms: fc.integer({ min: 1, max: 99 }) }));
    fc.assert(
      fc.property(fc.array(cells), (ticks) => {
        const stalls = new Stalls();
        const totals = new Map<string, number>();
        const sums = { sampledNs: 0, fullNs: 0 };
        for (const cellsOfTick of ticks) {
          for (const { level: at, capacity, ms } of cellsOfTick) {
            const key = `${capacity} ${at}`;
            totals.set(key, (totals.get(key) ?? 0) + ms);
            stalls.applyLevel(level(capacity, at, totals.get(key) ?? 0));
          }
          const point = stalls.tick();
          sums.sampledNs += point?.sampledNs ?? 0;
          sums.fullNs += point?.fullNs ?? 0;
        }
        const view = stalls.view(2, Number, nameOf);
        expect(sums.sampledNs).toBe(view?.sampledNs ?? 0);
        expect(sums.fullNs).toBe(view?.fullNs ?? 0);
      }),
    );
  });
});

describe('full stalls', () => {
  test('are counted in the kernel, also where single ones did not arrive', () => {
    const view = viewOf(
      told(level(2, 2, 100), gap({ samples: 5, late: 2, longestNs: 7, fullStalls: 412 }), stall(5, 3)),
    );
    expect(view.fullStalls).toBe(412);
    expect(view.samples).toEqual({ count: 5, late: 2, longestGapNs: 7 });
  });

  test('are listed twice: the longest, longest first, and the latest, oldest first', () => {
    const lengths = Array.from({ length: 200 }, (_, index) => 1 + ((index * 37) % 199));
    const stalls = told(level(2, 2, 1), ...lengths.map((ms, index) => stall(index * 1000, ms)));
    const view = viewOf(stalls);
    const sorted = lengths.toSorted((a, b) => b - a).map((ms) => ms * MS);
    expect(view.longest.map(({ durationNs }) => durationNs)).toEqual(sorted.slice(0, LONGEST_STALLS));
    expect(view.recent.map(({ startNs }) => startNs)).toEqual(
      Array.from({ length: RECENT_STALLS }, (_, index) => (200 - RECENT_STALLS + index) * 1000 * MS),
    );
  });

  test('name the threads that were stuck in them, whether these are told before or after; short ones do not', () => {
    const view = viewOf(
      told(level(2, 2, 1), stall(10, 5, 1), member(41, 0, 1), member(42, 0, 2), stall(20, 4, 2), stall(30, 3, null)),
    );
    expect(view.longest.map(({ threads }) => threads?.map(({ tid }) => tid) ?? null)).toEqual([[41, 42], [42], null]);
    expect(first(view.longest).threads).toEqual([
      { tid: 41, name: 'thread 41' },
      { tid: 42, name: 'thread 42' },
    ]);
  });

  test('of which no thread was told are known to have some, not none', () => {
    expect(first(viewOf(told(level(2, 2, 1), stall(10, 5, 1))).longest).threads).toBeNull();
  });

  test('keep their threads as long as they are shown, however many follow', () => {
    const stalls = told(level(2, 2, 1), stall(0, 5000, 1), member(41, 0, 1));
    for (let number = 2; number < 3000; number += 1) {
      stalls.applyMember(member(42, number - 1, number));
      stalls.applyStall(stall(number * 10, 2, number));
    }
    const view = viewOf(stalls);
    expect(first(view.longest).threads?.map(({ tid }) => tid)).toEqual([41]);
    expect(view.recent.every(({ threads }) => threads?.length === 1 && threads[0]?.tid === 42)).toBe(true);
  });

  test('of a thread that was stuck through any number of them cost no more than those that are shown', () => {
    const stalls = told(level(2, 2, 1), member(41, 0, 1_000_000_000), stall(5, 9, 1_000_000_000));
    expect(first(viewOf(stalls).longest).threads).toEqual([{ tid: 41, name: 'thread 41' }]);
  });
});

test('a trace tells the level at each tick, and full stalls with the names of their threads', () => {
  const trace = traceOf(
    running(0n),
    switchOut(0n, { event: 'first' }),
    { kind: 'thread', atNs: BEGIN, ...thread, name: 'worker' },
    tick(SECOND),
    level(2, 0, 500),
    level(2, 2, 500),
    gap({ fullStalls: 1 }),
    stall(1200, 31, 1),
    { kind: 'stall-member', ...ref, after: 0, upTo: 1 },
    {
      kind: 'runtime',
      atNs: BEGIN + SECOND,
      runtime: {
        kind: 'go',
        version: 'go1.22.3',
        capacity: 2,
        capacitySource: 'GOMAXPROCS, read from the process',
        goroutines: false,
        goroutineDetail: null,
      },
    },
    tick(2n * SECOND),
  );
  const { stalls, history, runtime } = trace.snapshot();
  expect(runtime?.version).toBe('go1.22.3');
  expect(stalls).toMatchObject({ capacity: 2, fullStalls: 1, lostParallelism: 0.5 });
  expect(first(stalls?.longest ?? [])).toEqual({
    startNs: 1200 * MS,
    durationNs: 31 * MS,
    level: 2,
    capacity: 2,
    threads: [{ tid: 41, name: 'worker' }],
  });
  expect(history.map((point) => point.level?.fullNs)).toEqual([500 * MS]);
});
