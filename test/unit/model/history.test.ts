import fc from 'fast-check';
import { expect, test } from 'vitest';
import { History } from '../../../src/model/history.js';
import { HISTORY_POINTS } from '../../../src/model/snapshot.js';
import { emptySplit } from '../../../src/model/time-split.js';

const at = (fault: number, onCpu: number) => ({ ...emptySplit(), fault, onCpu });

test('the first tick only says where counting begins; the next ones what happened since', () => {
  const history = new History();
  history.tick(100, 5, at(50, 7));
  expect(history.list()).toEqual([]);
  history.tick(300, 9, at(70, 7));
  expect(history.list()).toEqual([{ atNs: 300, durationNs: 200, majorFaults: 4, time: at(20, 0) }]);
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
        history.tick(0, 0, emptySplit());
        for (let round = 0; round < repeats; round++) {
          for (const { ns, faults, fault } of steps) {
            total.ns += ns;
            total.faults += faults;
            total.fault += fault;
            history.tick(total.ns, total.faults, at(total.fault, 0));
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
  for (let index = 0; index <= HISTORY_POINTS * 3; index++) history.tick(index * 100, 0, emptySplit());
  expect(
    history
      .list()
      .slice(-HISTORY_POINTS / 3)
      .every(({ durationNs }) => durationNs === 100),
  ).toBe(true);
});

test('a list taken before does not change', () => {
  const history = new History();
  history.tick(0, 0, emptySplit());
  history.tick(1, 1, emptySplit());
  const list = history.list();
  history.tick(2, 2, emptySplit());
  expect(list).toHaveLength(1);
});

test('a tick that does not move the clock adds no point and loses no fault', () => {
  const history = new History();
  history.tick(0, 0, emptySplit());
  history.tick(100, 1, emptySplit());
  history.tick(100, 3, emptySplit());
  history.tick(200, 4, emptySplit());
  expect(history.list().reduce((sum, { majorFaults }) => sum + majorFaults, 0)).toBe(4);
});
