import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lay, type Tid } from '../../../src/export/pprof/lay.js';

const sumOf = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

const stacksOf = (...stacks: readonly (readonly [Tid, number])[]) => stacks.map(([tid, value]) => ({ tid, value }));

describe('stacks and what is on none', () => {
  test('of a thread are what the stacks hold, and the rest of its account', () => {
    const { stacks, rests } = lay(
      new Map([
        [null, 0],
        [1, 10],
        [2, 5],
      ]),
      stacksOf([1, 4], [1, 3]),
    );
    expect(stacks).toEqual([4, 3]);
    expect(rests).toEqual(
      new Map([
        [null, 0],
        [1, 3],
        [2, 5],
      ]),
    );
  });

  test('are scaled down to the account of their thread, and no further', () => {
    const { stacks, rests } = lay(
      new Map([
        [null, 0],
        [1, 10],
        [2, 5],
      ]),
      stacksOf([1, 15], [1, 5], [2, 4]),
    );
    expect(stacks).toEqual([8, 2, 4]);
    expect(rests.get(1)).toBe(0);
    expect(rests.get(2)).toBe(1);
  });

  test('of threads that are not listed come out of what those threads had', () => {
    const { stacks, rests } = lay(
      new Map([
        [null, 9],
        [1, 10],
      ]),
      stacksOf([null, 4], [77, 3]),
    );
    expect(stacks).toEqual([4, 3]);
    expect(rests).toEqual(
      new Map([
        [null, 2],
        [1, 10],
      ]),
    );
  });

  test('that are kept for all threads together leave a rest of all threads together', () => {
    const { stacks, rests } = lay(
      new Map([
        [null, 0],
        [1, 10],
        [2, 5],
      ]),
      stacksOf([1, 4], [null, 6]),
    );
    expect(stacks).toEqual([4, 6]);
    expect(rests).toEqual(new Map([[null, 5]]));
  });

  test('come to exactly what the accounts hold, whatever they are, and never to less than nothing', () => {
    const ns = fc.oneof(fc.nat(20), fc.nat(1e12));
    const accounts = fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), ns), { maxLength: 6 });
    const stacks = fc.array(fc.tuple(fc.option(fc.integer({ min: 1, max: 8 })), ns), { maxLength: 20 });
    fc.assert(
      fc.property(accounts, ns, stacks, (listed, unlisted, held) => {
        const all = new Map<Tid, number>([[null, unlisted], ...listed]);
        const laid = lay(all, stacksOf(...held));
        const parts = [...laid.stacks, ...laid.rests.values()];
        expect(sumOf(parts)).toBe(sumOf(all.values()));
        for (const part of parts) expect(part).toBeGreaterThanOrEqual(0);
        held.forEach(([, value], at) => {
          expect(laid.stacks[at]).toBeLessThanOrEqual(value);
        });
      }),
    );
  });
});
