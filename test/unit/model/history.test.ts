import fc from 'fast-check';
import { expect, test } from 'vitest';
import { History, type Reading } from '../../../src/model/history.js';
import { HISTORY_POINTS, type Symptoms } from '../../../src/model/snapshot.js';
import { emptySplit } from '../../../src/model/time-split.js';

const at = (fault: number, onCpu: number) => ({ ...emptySplit(), fault, onCpu });

/** A tick at which nothing but this is known. */
function reading(atNs: number, majorFaults = 0, time = emptySplit(), rest: Partial<Reading> = {}): Reading {
  return { atNs, majorFaults, time, level: null, symptoms: null, requests: null, ...rest };
}

test('the first tick only says where counting begins; the next ones what happened since', () => {
  const history = new History();
  history.tick(reading(100, 5, at(50, 7)));
  expect(history.list()).toEqual([]);
  history.tick(reading(300, 9, at(20, 0)));
  expect(history.list()).toEqual([{ ...reading(300, 4, at(20, 0)), durationNs: 200 }]);
});

test('however long the session, it is bounded and all its sums stay what they are', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ ns: fc.integer({ min: 1, max: 1e9 }), faults: fc.nat({ max: 99 }), fault: fc.nat({ max: 1e9 }) }),
        {
          minLength: 2,
          maxLength: 40,
        },
      ),
      fc.integer({ min: 1, max: 60 }),
      (steps, repeats) => {
        const history = new History();
        const total = { ns: 0, faults: 0, fault: 0 };
        history.tick(reading(0));
        for (let round = 0; round < repeats; round++) {
          for (const { ns, faults, fault } of steps) {
            total.ns += ns;
            total.faults += faults;
            total.fault += fault;
            history.tick(reading(total.ns, total.faults, at(fault, 0)));
          }
        }
        const points = history.list();
        expect(points.length).toBeLessThanOrEqual(HISTORY_POINTS);
        expect(points.reduce((sum, { durationNs }) => sum + durationNs, 0)).toBe(total.ns);
        expect(points.reduce((sum, { majorFaults }) => sum + majorFaults, 0)).toBe(total.faults);
        expect(points.reduce((sum, { time }) => sum + time.fault, 0)).toBe(total.fault);
        let end = 0;
        for (const { atNs, durationNs } of points) {
          expect(atNs - durationNs).toBe(end);
          end = atNs;
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('the newest half keeps its resolution when the oldest is merged', () => {
  const history = new History();
  for (let index = 0; index <= HISTORY_POINTS * 3; index++) history.tick(reading(index * 100));
  expect(
    history
      .list()
      .slice(-HISTORY_POINTS / 3)
      .every(({ durationNs }) => durationNs === 100),
  ).toBe(true);
});

test('a list taken before does not change', () => {
  const history = new History();
  history.tick(reading(0));
  history.tick(reading(1, 1));
  const list = history.list();
  history.tick(reading(2, 2));
  expect(list).toHaveLength(1);
});

test('a tick that does not move the clock adds no point and loses no fault', () => {
  const history = new History();
  history.tick(reading(0));
  history.tick(reading(100, 1));
  history.tick(reading(100, 3));
  history.tick(reading(200, 4));
  expect(history.list().reduce((sum, { majorFaults }) => sum + majorFaults, 0)).toBe(4);
});

/** One reading a second, many more than there are points, each with what `rest` says of it. */
function longHistory(rest: (second: number) => Partial<Reading>) {
  const history = new History();
  for (let second = 0; second <= SECONDS; second += 1)
    history.tick(reading(second * 1e9, 0, emptySplit(), rest(second)));
  return history.list();
}

const SECONDS = HISTORY_POINTS * 3;

test('however often points are merged, the time at each level stays what it was', () => {
  const points = longHistory((second) => ({
    level: { sampledNs: 1e9, levelTimeNs: second * 1e6, fullNs: (second % 7) * 1e6, lostNs: (second % 5) * 1e6 },
  }));
  expect(points.length).toBeLessThan(SECONDS / 2);
  const sum = (part: 'sampledNs' | 'levelTimeNs' | 'fullNs' | 'lostNs') =>
    points.reduce((total, { level }) => total + (level?.[part] ?? 0), 0);
  const over = (of: (second: number) => number) =>
    Array.from({ length: SECONDS }, (_, index) => of(index + 1)).reduce((a, b) => a + b, 0);
  expect(sum('sampledNs')).toBe(over(() => 1e9));
  expect(sum('levelTimeNs')).toBe(over((second) => second * 1e6));
  expect(sum('fullNs')).toBe(over((second) => (second % 7) * 1e6));
  expect(sum('lostNs')).toBe(over((second) => (second % 5) * 1e6));
});

test('a point in which the level was sampled for part of the time only says for how much', () => {
  const sampledNs = (second: number): number => (second % 2 === 0 ? 1e9 : 0);
  const points = longHistory((second) => ({
    level: second % 2 === 0 ? { sampledNs: 1e9, levelTimeNs: 2e9, fullNs: 0, lostNs: 0 } : null,
  }));
  const [oldest] = points;
  expect(oldest?.durationNs).toBeGreaterThan(1e9);
  const expected = Array.from({ length: (oldest?.durationNs ?? 0) / 1e9 }, (_, index) => sampledNs(index + 1));
  expect(oldest?.level?.sampledNs).toBe(expected.reduce((a, b) => a + b, 0));
});

test('symptoms of merged points are the mean of what they merge, however unevenly that is done', () => {
  const of = (userCpus: number): Symptoms => ({
    durationNs: 1e9,
    process: { userCpus, systemCpus: 0, ioWaitThreads: 0 },
    host: { user: 0, system: 0, iowait: 0, idle: 1, steal: 0 },
    memoryPressure: null,
    ioPressure: { some: userCpus / 100, full: 0 },
  });
  const points = longHistory((second) => ({ symptoms: of(second % 13) }));
  const mean = Array.from({ length: SECONDS }, (_, index) => (index + 1) % 13).reduce((a, b) => a + b, 0) / SECONDS;
  const overAll = (figure: (symptoms: Symptoms) => number) =>
    points.reduce((sum, { symptoms }) => sum + (symptoms === null ? 0 : figure(symptoms) * symptoms.durationNs), 0) /
    (SECONDS * 1e9);
  expect(overAll(({ process }) => process.userCpus)).toBeCloseTo(mean, 9);
  expect(overAll(({ ioPressure }) => ioPressure?.some ?? 0)).toBeCloseTo(mean / 100, 9);
  expect(points.every(({ symptoms, durationNs }) => symptoms?.durationNs === durationNs)).toBe(true);
  expect(points.every(({ symptoms }) => symptoms?.memoryPressure === null)).toBe(true);
});
