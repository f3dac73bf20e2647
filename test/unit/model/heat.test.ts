import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HEAT_CELLS, HEAT_ROWS, type HeatView } from '../../../src/model/files-view.js';
import { Heat } from '../../../src/model/heat.js';
import { heatView } from '../../../src/model/heat-view.js';

const PAGE = 4096;
const SECOND = 1e9;

interface Added {
  readonly page: number;
  readonly weight: number;
  readonly atNs: number;
}

function heatOf(added: readonly Added[]): Heat {
  const heat = new Heat();
  for (const { page, weight, atNs } of added) heat.add(page, weight, atNs);
  return heat;
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);

/** Pages of files of any size, up to 16 EiB; sizes grow by factors, not by sums. */
const anyPage = fc
  .tuple(fc.integer({ min: 0, max: 52 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([power, part]) => Math.floor(2 ** power * part));
const anyAdded = fc.record({
  page: anyPage,
  weight: fc.integer({ min: 1, max: 1000 }),
  atNs: fc.double({ min: 0, max: 1e14, noNaN: true }).map(Math.floor),
});

/** Every weight is within a cell of its page, whatever came later: counted up to each cell's edges. */
function expectInPlace(view: HeatView, added: readonly Added[], slackPages: number): void {
  const { fromByte, toByte, cells } = view;
  const cellBytes = (toByte - fromByte) / HEAT_CELLS;
  let upTo = 0;
  for (const [index, weight] of cells.entries()) {
    upTo += weight;
    const edge = fromByte + (index + 1) * cellBytes;
    const surely = sum(
      added.filter(({ page }) => (page + 1 + slackPages) * PAGE <= edge).map(({ weight: own }) => own),
    );
    const perhaps = sum(added.filter(({ page }) => (page - slackPages) * PAGE < edge).map(({ weight: own }) => own));
    expect(upTo).toBeGreaterThanOrEqual(surely - 1e-6 * (surely + 1));
    expect(upTo).toBeLessThanOrEqual(perhaps + 1e-6 * (perhaps + 1));
  }
}

describe('over the offset', () => {
  test('each weight stays where its page is, to a 256th of what was touched, in whatever order the range grows', () => {
    fc.assert(
      fc.property(fc.array(anyAdded, { minLength: 1, maxLength: 60 }), (added) => {
        const heat = heatOf(added);
        const view = heatView(heat, null, PAGE, 1e14);
        const pages = added.map(({ page }) => page);
        const [from, to] = [Math.min(...pages), Math.max(...pages) + 1];
        expect([view.fromByte, view.toByte]).toEqual([from * PAGE, to * PAGE]);
        expectInPlace(view, added, (to - from) / HEAT_CELLS + 1);
        expect(sum(view.cells)).toBeCloseTo(sum(added.map(({ weight }) => weight)), 3);
      }),
      { numRuns: 300 },
    );
  });

  test('pages of a small range are told apart one by one, at the far end of the largest file too', () => {
    for (const first of [0, 2 ** 30 - 5, 2 ** 52 - 256]) {
      const added = Array.from({ length: 256 }, (_, index) => ({ page: first + index, weight: index + 1, atNs: 0 }));
      const view = heatView(heatOf(added), null, PAGE, 0);
      expect(view.cells).toEqual(added.map(({ weight }) => weight));
    }
  });

  test('a file whose size is known is shown from its begin to its end', () => {
    const heat = heatOf([{ page: 128, weight: 4, atNs: 0 }]);
    const view = heatView(heat, 256 * PAGE, PAGE, 0);
    expect([view.fromByte, view.toByte]).toEqual([0, 256 * PAGE]);
    expect(view.cells.findIndex((weight) => weight > 0)).toBe(128);
    expect(view.cells[128]).toBe(4);
  });

  test('a file that has grown beyond its known size is shown as far as it was touched', () => {
    const heat = heatOf([{ page: 1023, weight: 4, atNs: 0 }]);
    const view = heatView(heat, 256 * PAGE, PAGE, 0);
    expect([view.fromByte, view.toByte]).toEqual([0, 1024 * PAGE]);
    expect(view.cells[255]).toBe(4);
  });

  test('the last page of a file need not be a whole one', () => {
    const view = heatView(heatOf([{ page: 2, weight: 9, atNs: 0 }]), 2 * PAGE + 100, PAGE, 0);
    expect(view.toByte).toBe(2 * PAGE + 100);
    expect(sum(view.cells)).toBeCloseTo(9);
    expect(view.cells[0]).toBe(0);
    expect(view.cells[255]).toBeGreaterThan(0);
  });
});

describe('over time', () => {
  test('rows hold all weights, each in the row of its time, in one piece and no more than there may be', () => {
    fc.assert(
      fc.property(fc.array(anyAdded, { minLength: 1, maxLength: 60 }), (added) => {
        const nowNs = Math.max(...added.map(({ atNs }) => atNs)) + 1;
        const { rows, cells } = heatView(heatOf(added), null, PAGE, nowNs);
        expect(rows.length).toBeLessThanOrEqual(HEAT_ROWS);
        for (const [index, row] of rows.entries()) {
          const begin = row.atNs - row.durationNs;
          expect(begin).toBe(rows[index - 1]?.atNs ?? begin);
          const own = added.filter(({ atNs }) => atNs >= begin && atNs < row.atNs);
          expect(sum(row.cells)).toBeCloseTo(sum(own.map(({ weight }) => weight)), 3);
        }
        const columns = cells.map((_, cell) => sum(rows.map((row) => row.cells[cell] ?? 0)));
        for (const [cell, weight] of columns.entries()) expect(weight).toBeCloseTo(cells[cell] ?? 0, 3);
      }),
    );
  });

  test('their length doubles as the session grows, and it makes no difference when one looked', () => {
    fc.assert(
      fc.property(fc.array(anyAdded, { minLength: 1, maxLength: 40 }), (unsorted) => {
        const added = [...unsorted].sort((a, b) => a.atNs - b.atNs);
        const looked = new Heat();
        for (const { page, weight, atNs } of added) {
          looked.add(page, weight, atNs);
          heatView(looked, null, PAGE, atNs);
        }
        expect(heatView(looked, null, PAGE, 1e14)).toEqual(heatView(heatOf(added), null, PAGE, 1e14));
      }),
    );
    const heat = heatOf([{ page: 1, weight: 1, atNs: 0 }]);
    const lengths = [1, 30, 40, 70, 3600].map((seconds) => heatView(heat, null, PAGE, seconds * SECOND).rows.length);
    expect(lengths).toEqual([3, 61, 41, 36, 57]);
  });

  test('what was shown once does not change afterwards', () => {
    const heat = heatOf([{ page: 5, weight: 1, atNs: 0 }]);
    const before = heatView(heat, null, PAGE, SECOND);
    const copy = structuredClone(before);
    heat.add(5, 7, SECOND);
    heat.add(500_000, 7, 100 * SECOND);
    expect(before).toEqual(copy);
  });
});
