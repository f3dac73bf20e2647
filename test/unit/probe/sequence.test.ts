import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceCheck } from '../../../src/probe/sequence.js';

/** Seconds of the kernel's clock. */
const at = (seconds: number): bigint => BigInt(seconds) * 1_000_000_000n;

test('numbers without a gap are no loss, on any CPU', () => {
  const check = new SequenceCheck();
  for (const cpu of [0, 1]) for (const sequence of [1, 2, 3]) expect(check.arrived(cpu, sequence)).toBe(0);
  check.sent(0, 3);
  check.sent(1, 3);
  expect([check.settle(at(100)), check.settle(at(106))]).toEqual([0, 0]);
});

test('a gap counts as many as are missing', () => {
  const check = new SequenceCheck();
  check.arrived(1, 1);
  expect(check.arrived(1, 5)).toBe(3);
  expect(check.arrived(1, 6)).toBe(0);
});

test('what a dump counts as sent may be on its way for some seconds, whatever dumps come; then it is lost, once', () => {
  const check = new SequenceCheck();
  check.sent(0, 4);
  expect(check.settle(at(100))).toBe(0);
  expect(check.arrived(0, 1)).toBe(0);
  expect([check.settle(at(101)), check.settle(at(102))]).toEqual([0, 0]);
  expect(check.settle(at(106))).toBe(3);
  expect(check.settle(at(112))).toBe(0);
});

test('after the last dump nothing is on its way any more', () => {
  const check = new SequenceCheck();
  check.arrived(0, 1);
  check.sent(0, 4);
  check.sent(1, 2);
  expect(check.settle(at(100), true)).toBe(5);
});

test('a record that comes after it was given up does not make up a loss of its own', () => {
  const check = new SequenceCheck();
  check.sent(0, 2);
  check.settle(at(100));
  expect(check.settle(at(106))).toBe(2);
  expect(check.arrived(0, 2)).toBe(0);
  expect(check.arrived(0, 3)).toBe(0);
});

test('of any records of which some are dropped, exactly those are counted', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), fc.nat({ max: 20 }), (arrives, every) => {
      const check = new SequenceCheck();
      let lost = 0;
      arrives.forEach((arrived, index) => {
        if (arrived) lost += check.arrived(3, index + 1);
        if (index % (every + 1) === every) {
          check.sent(3, index + 1);
          lost += check.settle(at(100 + 3 * index));
        }
      });
      check.sent(3, arrives.length);
      lost += check.settle(at(10_000), true);
      expect(lost).toBe(arrives.filter((arrived) => !arrived).length);
    }),
  );
});
