import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WaitCells } from '../../../src/model/wait-cells.js';
import { FAULT_LATENCY, first, wait } from './records.js';

function sums(cells: WaitCells): { count: number; totalNs: number } {
  const { count, totalNs } = first([...cells.sums()]);
  return { count, totalNs };
}

test('within an epoch a cell is cumulative: only what is new counts', () => {
  const cells = new WaitCells('x86_64');
  expect(cells.apply(wait({ count: 3, totalNs: 30 }))).toMatchObject({ count: 3, totalNs: 30 });
  expect(cells.apply(wait({ count: 5, totalNs: 70 }))).toMatchObject({ count: 2, totalNs: 40 });
  expect(sums(cells)).toEqual({ count: 5, totalNs: 70 });
});

test('a new epoch starts from nought', () => {
  const cells = new WaitCells('x86_64');
  cells.apply(wait({ count: 3, totalNs: 30 }));
  expect(cells.apply(wait({ epoch: 1, count: 2, totalNs: 5 }))).toMatchObject({ count: 2, totalNs: 5 });
  expect(sums(cells)).toEqual({ count: 5, totalNs: 35 });
});

test('what the epoch before still gained is told after the new one began, and is not counted twice', () => {
  const cells = new WaitCells('x86_64');
  cells.apply(wait({ epoch: 1, count: 10, totalNs: 100 }));
  cells.apply(wait({ epoch: 2, count: 1, totalNs: 10 }));
  expect(cells.apply(wait({ epoch: 1, count: 11, totalNs: 110 }))).toMatchObject({ count: 1, totalNs: 10 });
  expect(cells.apply(wait({ epoch: 2, count: 3, totalNs: 30 }))).toMatchObject({ count: 2, totalNs: 20 });
  expect(sums(cells)).toEqual({ count: 14, totalNs: 140 });
});

test('however the readings of two maps are mixed, the sums are those of their last readings', () => {
  const growth = fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(growth, { minLength: 1, maxLength: 6 }), fc.boolean(), (epochs, lateOneLast) => {
      const cells = new WaitCells('x86_64');
      let expected = 0;
      const readings = epochs.map((steps, epoch) => {
        let count = 1;
        return steps.map((step) => {
          count += step;
          return wait({ epoch, count, totalNs: count * 10 });
        });
      });
      // The last reading of each epoch comes in the first dump of the next, before or after that one's own.
      const late = readings.map((steps) => (steps.length > 1 ? steps.pop() : undefined));
      readings.forEach((steps, epoch) => {
        const [own, ...rest] = steps;
        const before = late[epoch - 1];
        for (const record of lateOneLast ? [own, before] : [before, own]) if (record !== undefined) cells.apply(record);
        for (const record of rest) cells.apply(record);
        expected += (late[epoch] ?? first(steps.slice(-1))).count;
      });
      const last = late.at(-1);
      if (last !== undefined) cells.apply(last);
      expect(sums(cells)).toEqual({ count: expected, totalNs: expected * 10 });
    }),
  );
});

test('cells of different codes and buckets do not mix', () => {
  const cells = new WaitCells('x86_64');
  cells.apply(wait({ bucket: 255, count: 3 }));
  expect(cells.apply(wait({ bucket: 0, count: 2 })).count).toBe(2);
  expect(cells.apply(wait({ code: FAULT_LATENCY, bucket: 255, count: 4 }))).toMatchObject({
    kind: 'fault-latency',
    count: 4,
  });
});
