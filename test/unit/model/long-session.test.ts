import { beforeAll, describe, expect, test } from 'vitest';
import { TIME_PARTS } from '../../../src/model/cause.js';
import { HISTORY_POINTS, type Snapshot } from '../../../src/model/snapshot.js';
import { ThreadsDecoder } from '../../../src/probe/decode-threads.js';
import { LongSession } from '../../soak/long-session.js';
import { LONG_STALL } from '../../soak/threads-script.js';
import { BEGIN, FUTEX_WAIT, first, processReading, SECOND, sample, switchOut, tick, traceOf, wait } from './records.js';

/** What a live session goes through, simulated: so many ticks, six seconds apart. */
const TICKS = 640;
const TICK_SECONDS = 6;

describe('a long session in which threads, files, stacks and processes come and go', () => {
  let session: LongSession;
  let snapshot: Snapshot;

  beforeAll(async () => {
    const churn = { threads: 30, churning: 25, changing: 3 };
    session = new LongSession({ ...churn, losing: false, tickSeconds: TICK_SECONDS, restartSeconds: 900 });
    while (session.seconds < TICKS * TICK_SECONDS) await session.tick();
    session.finish();
    snapshot = session.trace.snapshot();
  }, 120_000);

  test('every total is what happened, to the nanosecond, whatever is no longer listed', () => {
    const { totals } = snapshot;
    expect(BigInt(totals.majorFaults)).toBe(session.truth.majorFaults);
    expect(totals.threadsEnded).toBe(session.truth.threadsEnded);
    const told = new Map(TIME_PARTS.map((part) => [part, BigInt(totals.time[part])]));
    expect(told).toEqual(session.truth.time);
  });

  test('no more than 5,000 ended threads are listed, and a note says how many others there were', () => {
    const ended = snapshot.threads.filter(({ alive }) => !alive);
    expect(ended).toHaveLength(5000);
    const others = session.truth.threadsEnded - ended.length;
    expect(others).toBeGreaterThan(5000);
    expect(snapshot.quality.notes.map(({ text }) => text)).toContain(
      `${others} ended threads are no longer listed; the totals include them`,
    );
  });

  test('the history of all of it adds up to the totals, but for what was before the first tick', () => {
    const { history, totals } = snapshot;
    expect(history.length).toBeLessThanOrEqual(HISTORY_POINTS);
    const faults = history.reduce((sum, { majorFaults }) => sum + majorFaults, 0);
    expect(totals.majorFaults - faults).toBeLessThan(totals.majorFaults / 1000);
    const spanNs = history.reduce((sum, { durationNs }) => sum + durationNs, 0);
    expect(spanNs).toBe(snapshot.window.durationNs - TICK_SECONDS * 1e9);
  });

  test('a minute in which nothing ran is still known most of an hour later, when and how long', () => {
    expect(snapshot.stalls?.longest[0]).toMatchObject({
      startNs: LONG_STALL.fromNs,
      durationNs: LONG_STALL.toNs - LONG_STALL.fromNs,
    });
    const around = snapshot.history.find(({ atNs }) => atNs >= LONG_STALL.toNs);
    expect(around?.level?.fullNs).toBeGreaterThan(5e9);
    expect(around?.durationNs).toBeLessThan(100e9);
  });

  test('every thread that is listed has its whole life accounted for', () => {
    for (const { residueNs } of snapshot.threads) expect(residueNs).toBe(0);
  });
});

const churner = (index: number) => ({ tid: 100 + index, generation: 9 });

test('a day of a thousand threads is summed up without rounding, though a number cannot hold it', () => {
  const day = 86_400_000_000_000;
  const records = Array.from({ length: 1000 }, (_, index) => [
    switchOut(0n, { ...churner(index), event: 'first', born: true, blockedBaseNs: BEGIN }),
    wait({ ...churner(index), count: 1, totalNs: day - index, maxNs: day - index }),
  ]);
  const { totals } = traceOf(...records.flat(), tick(SECOND)).snapshot();
  const exact = 1000n * BigInt(day) - (999n * 1000n) / 2n;
  expect(exact).toBeGreaterThan(2n ** 53n);
  expect(totals.time.lock).toBe(Number(exact));
});

test('what is told late of a thread that has lost its row counts for what is new in it, and brings no row back', () => {
  const lives = Array.from({ length: 5001 }, (_, index) => [
    wait({ ...churner(index), count: 1, totalNs: 1000, maxNs: 1000 }),
    switchOut(1000n, { ...churner(index), event: 'last', born: true, blockedBaseNs: BEGIN, code: 0 }),
  ]);
  const trace = traceOf(...lives.flat(), tick(SECOND));
  trace.apply(wait({ ...churner(0), count: 2, totalNs: 1500, maxNs: 1000 }));
  trace.apply(tick(2n * SECOND));
  const { threads, totals } = trace.snapshot();
  expect(totals.time.lock).toBe(5001 * 1000 + 500);
  expect(totals).toMatchObject({ threadsEnded: 5001, threadsAlive: 0 });
  expect(threads).toHaveLength(5000);
});

test('a thread whose end was lost, and that /proc never had, counts as ended once nothing is heard of it for five minutes', () => {
  const trace = traceOf(switchOut(1000n, { event: 'first', born: true, blockedBaseNs: BEGIN }), tick(SECOND));
  trace.apply(tick(200n * SECOND));
  expect(trace.snapshot().totals.threadsAlive).toBe(1);
  trace.apply(tick(302n * SECOND));
  const { totals, quality } = trace.snapshot();
  expect(totals).toMatchObject({ threadsAlive: 0, threadsEnded: 1 });
  expect(quality.notes.map(({ text }) => text)).toEqual(['1 threads count as ended though their end was not seen']);
});

test('a thread that /proc shows lives, however long it sleeps', () => {
  const trace = traceOf(sample(0n), switchOut(1000n), tick(SECOND), tick(9000n * SECOND));
  expect(trace.snapshot().totals.threadsAlive).toBe(1);
});

test('a thread that has the tid and the generation of one that ended long ago is another one', () => {
  const trace = traceOf(
    wait({ count: 1, totalNs: 1000, maxNs: 1000 }),
    switchOut(1000n, { event: 'last', born: true, blockedBaseNs: BEGIN, code: 0 }),
    ...[1n, 2n, 30n, 60n].map((seconds) => tick(seconds * SECOND)),
    wait({ count: 1, totalNs: 70, maxNs: 70 }),
    tick(200n * SECOND),
  );
  const { threads, totals } = trace.snapshot();
  expect(threads.map(({ alive }) => alive)).toEqual([false, true]);
  expect(totals.time.lock).toBe(1070);
});

test('rows whose thread called execve(2) many times are all kept apart', () => {
  const lives = Array.from({ length: 50 }, (_, index) => [
    switchOut(BigInt(index) * 1000n, { event: 'first' }),
    switchOut(BigInt(index) * 1000n + 500n, { event: 'last', code: FUTEX_WAIT }),
  ]);
  const { threads } = traceOf(...lives.flat(), processReading(SECOND), tick(SECOND)).snapshot();
  expect(threads).toHaveLength(50);
});

test('the row of a thread whose end was lost is news when another thread has its tid', () => {
  const decoder = new ThreadsDecoder();
  const row = '@s[41]: (5, 1, 1, 0, 0, 0)';
  const dump = (number: number, ...rows: string[]): number =>
    [`D ${number} ${number} 0`, ...rows, `E ${number}`].flatMap((line) => decoder.line(line)).length;
  decoder.line('A 1 1');
  expect(dump(1, row)).toBe(1);
  expect(dump(2, row)).toBe(0);
  expect(dump(3)).toBe(0);
  expect(dump(4, row)).toBe(1);
});

test('the names of threads that have lost all but their row are still found', () => {
  const trace = traceOf(
    { kind: 'thread', atNs: BEGIN, tid: 41, startTicks: 7, name: 'gone' },
    switchOut(1000n, { event: 'last', code: 0 }),
    ...[1n, 2n, 30n, 60n].map((seconds) => tick(seconds * SECOND)),
  );
  expect(first(trace.snapshot().threads)).toMatchObject({ name: 'gone', alive: false });
});
