import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accessPattern } from '../../../src/model/access-pattern.js';
import { Heat } from '../../../src/model/heat.js';
import { anyFilePages, anySeed, chanceOf, counted, type Fault, scan, uniform, zipf } from './simulated-access.js';

const anyThreads = fc.integer({ min: 1, max: 8 });
const anyOneIn = fc.constantFrom(1, 3, 10);

/** Faults of which each takes the page that `next` says. */
function faultsAt(count: number, threads: number, next: (index: number) => number): Fault[] {
  return Array.from({ length: count }, (_, index) => ({ tid: index % threads, page: next(index) }));
}

describe('sequential', () => {
  test('is what threads read one after the other, with and without readahead, each in its part of the file', () => {
    const window = fc.constantFrom(1, 2, 32, 64, 256, 1024);
    fc.assert(
      fc.property(anySeed, anyFilePages, anyThreads, window, anyOneIn, (seed, pages, threads, pagesEach, oneIn) => {
        // A thread that has all of its part in a few steps starts over all the time: that is no scan.
        fc.pre(pages / threads / pagesEach >= 8);
        expect(counted(scan(chanceOf(seed), pages, 2000, threads, pagesEach), oneIn)?.kind).toBe('sequential');
      }),
    );
  });

  test('is told of a short scan of a large file too, before anything can be said of places', () => {
    const pattern = counted(scan(chanceOf(1), 2 ** 30, 40, 1, 32), 4);
    expect(pattern).toMatchObject({ kind: 'sequential', hotFraction: null, samples: 10 });
    expect(pattern?.sequentialFraction).toBeGreaterThan(0.9);
  });

  test('is no file in which chance alone goes on near by, however small and however hot a part of it', () => {
    fc.assert(
      fc.property(
        anySeed,
        fc.integer({ min: 16, max: 4096 }),
        anyFilePages,
        anyThreads,
        (seed, hot, pages, threads) => {
          const chance = chanceOf(seed);
          const inHot = faultsAt(3000, threads, () => uniform(chance, chance() < 0.9 ? hot : pages));
          expect(counted(inHot, 1)?.kind).not.toBe('sequential');
        },
      ),
    );
  });

  test('is not told of a dozen faults', () => {
    expect(counted(scan(chanceOf(1), 2 ** 20, 15, 1, 32), 1)).toBeNull();
  });

  test('is said of a scan that others disturb, not of what a few scan among many that jump', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 2 ** 16, max: 2 ** 30 }), (seed, pages) => {
        const chance = chanceOf(seed);
        const mixed = (share: number) =>
          scan(chance, pages, 3000, 4, 32).map((fault) =>
            chance() < share ? fault : { tid: 100 + uniform(chance, 4), page: uniform(chance, pages) },
          );
        expect(counted(mixed(0.8), 3)?.kind).toBe('sequential');
        expect(counted(mixed(0.3), 3)?.kind).toBe('random');
      }),
    );
  });
});

describe('random', () => {
  test('is what is spread evenly, whatever the size of the file and the number of samples', () => {
    fc.assert(
      fc.property(anySeed, anyFilePages, anyThreads, anyOneIn, fc.integer({ min: 40, max: 4000 }), (...facts) => {
        const [seed, pages, threads, oneIn, samples] = facts;
        const chance = chanceOf(seed);
        const pattern = counted(
          faultsAt(samples * oneIn, threads, () => uniform(chance, pages)),
          oneIn,
        );
        expect(pattern?.kind).toBe('random');
        expect(pattern?.sequentialFraction).toBeLessThan(0.4);
      }),
      { numRuns: 400 },
    );
  });

  test('is what touches each page once, in any order', () => {
    const chance = chanceOf(5);
    const pages = Array.from({ length: 2048 }, (_, page) => page);
    for (let left = pages.length; left > 1; left -= 1) {
      const other = uniform(chance, left);
      [pages[left - 1], pages[other]] = [pages[other] ?? 0, pages[left - 1] ?? 0];
    }
    expect(
      counted(
        faultsAt(2048, 2, (index) => pages[index] ?? 0),
        1,
      )?.kind,
    ).toBe('random');
  });

  test('is not told of fewer than 40 single faults, nor of a few pages', () => {
    const chance = chanceOf(5);
    expect(
      counted(
        faultsAt(39, 1, () => uniform(chance, 2 ** 20)),
        1,
      ),
    ).toBeNull();
    expect(
      counted(
        faultsAt(1000, 1, () => uniform(chance, 7)),
        1,
      ),
    ).toBeNull();
  });
});

describe('clustered', () => {
  const share = fc.double({ min: 0.88, max: 1, noNaN: true });

  test('is what has nine in ten of its faults in a tenth of the range, with that tenth named', () => {
    fc.assert(
      fc.property(
        anySeed,
        anyFilePages,
        anyThreads,
        share,
        fc.constantFrom(1, 3),
        (seed, pages, threads, inHot, oneIn) => {
          const chance = chanceOf(seed);
          const hotPages = Math.floor(pages / 10);
          const from = uniform(chance, pages - hotPages);
          const faults = faultsAt(1500, threads, (index) => {
            // The whole file is touched, and both its ends arrive singly.
            if (index === 0 || index === 3) return index === 0 ? 0 : pages - 1;
            return chance() < inHot ? uniform(chance, hotPages, from) : uniform(chance, pages);
          });
          const pattern = counted(faults, oneIn);
          expect(pattern?.kind).toBe('clustered');
          expect(pattern?.hotFraction).toBeLessThan(0.2);
          const slack = (pages / 20 + 1) * 4096;
          expect(pattern?.hotRange?.fromByte).toBeGreaterThan(from * 4096 - slack);
          expect(pattern?.hotRange?.toByte).toBeLessThan((from + hotPages) * 4096 + slack);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is what prefers its first pages as words prefer their first letters (Zipf)', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 2 ** 12, max: 2 ** 30 }), (seed, pages) => {
        const chance = chanceOf(seed);
        expect(
          counted(
            faultsAt(3000, 3, () => zipf(chance, pages)),
            1,
          )?.kind,
        ).toBe('clustered');
      }),
    );
  });
});

test('of samples with unequal weights no more is believed than of as many equal ones', () => {
  const heat = new Heat();
  const chance = chanceOf(9);
  for (let index = 0; index < 200; index += 1) heat.add(uniform(chance, 2 ** 20), index % 20 === 0 ? 500 : 1, index);
  expect(accessPattern({ ahead: 0, all: 0, windowPages: 1024 }, heat, 4096)).toBeNull();
});
