import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenId, LIST_TOP, move, visibleRows } from '../../../src/tui/list.js';

const ids = Array.from({ length: 100 }, (_, index) => `row-${index}`);

describe('a scrolled list', () => {
  it('shows its top and chooses the first row until a key is pressed', () => {
    expect(visibleRows(LIST_TOP, ids, 10)).toEqual({ top: 0, chosenIndex: 0 });
    expect(chosenId(LIST_TOP, [...ids].reverse())).toBe('row-99');
  });

  it('keeps the choice with its row when rows change places', () => {
    const state = move(LIST_TOP, ids, 10, 'down');
    expect(chosenId(state, [...ids].reverse())).toBe('row-1');
    expect(visibleRows(state, [...ids].reverse(), 10)).toEqual({ top: 89, chosenIndex: 98 });
  });

  it('falls back to the first row when the chosen one is gone', () => {
    expect(chosenId({ chosen: 'gone', top: 50 }, ids)).toBe('row-0');
  });

  it('lets go of the row on home, and follows the top again', () => {
    expect(move({ chosen: 'row-50', top: 45 }, ids, 10, 'home')).toEqual(LIST_TOP);
  });

  it('goes a page at a time and stops at the ends', () => {
    const page = move(LIST_TOP, ids, 10, 'page-down');
    expect(page).toEqual({ chosen: 'row-9', top: 0 });
    expect(move(page, ids, 10, 'page-down')).toEqual({ chosen: 'row-18', top: 9 });
    expect(move(page, ids, 10, 'end')).toEqual({ chosen: 'row-99', top: 90 });
    expect(chosenId(move(move(page, ids, 10, 'end'), ids, 10, 'down'), ids)).toBe('row-99');
  });

  it('chooses nothing in an empty list', () => {
    expect(chosenId(move(LIST_TOP, [], 10, 'down'), [])).toBeNull();
  });

  it('always shows the chosen row, and never blank space while there are rows to fill it', () => {
    const keys = fc.array(fc.constantFrom('up', 'down', 'page-up', 'page-down', 'home', 'end'), { maxLength: 40 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 60 }), (moves, height, length) => {
        const rows = ids.slice(0, length);
        const state = moves.reduce((before, by) => move(before, rows, height, by), LIST_TOP);
        const { top, chosenIndex } = visibleRows(state, rows, height);
        expect(chosenIndex).toBeGreaterThanOrEqual(top);
        expect(chosenIndex).toBeLessThan(top + height);
        expect(top).toBeLessThanOrEqual(Math.max(0, length - height));
      }),
    );
  });
});
