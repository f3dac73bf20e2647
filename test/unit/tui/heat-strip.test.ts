import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toColumns } from '../../../src/model/columns.js';
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../../src/tui/glyphs.js';
import { offsetAxis, stripText } from '../../../src/tui/heat-strip.js';

const GIB = 2 ** 30;

describe('cells as columns', () => {
  test('keep their sum, and where it lies, whatever the number of columns', () => {
    const cells = fc.array(fc.nat(1000), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 300 }), (values, columns) => {
        const drawn = toColumns(values, columns);
        expect(drawn).toHaveLength(columns);
        let upToColumn = 0;
        for (const [column, value] of drawn.entries()) {
          upToColumn += value;
          const edge = ((column + 1) * values.length) / columns;
          const whole = values.slice(0, Math.floor(edge)).reduce((a, b) => a + b, 0);
          const cut = (values[Math.floor(edge)] ?? 0) * (edge - Math.floor(edge));
          expect(upToColumn).toBeCloseTo(whole + cut, 5);
        }
      }),
    );
  });
});

describe('a strip', () => {
  test('is blank where there is nothing, full where there is most, and shows a thousandth', () => {
    const values = [0, 1, 10, 250, 1000];
    expect(stripText(values, 1000, UNICODE_GLYPHS.strip)).toBe(' ▁▁▄█');
    expect(stripText(values, 1000, UNICODE_GLYPHS.shade)).toBe(' ░░▒█');
    expect(stripText(values, 1000, ASCII_GLYPHS.strip)).toBe(' ..+@');
  });

  test('of nothing at all is blank', () => {
    expect(stripText([0, 0], 0, UNICODE_GLYPHS.strip)).toBe('  ');
  });

  test('never shows less for more', () => {
    const { strip } = ASCII_GLYPHS;
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const steps = [...stripText(sorted, sorted.at(-1) ?? 0, strip)].map((mark) => strip.indexOf(mark));
        expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('the axis of offsets', () => {
  test.each([
    [0, 2 * GIB, 30, '0              1.0GiB   2.0GiB'],
    [0, 2 * GIB, 13, '0      2.0GiB'],
    [4096 * GIB, 4097 * GIB, 40, '4.0TiB              +512MiB      +1.0GiB'],
  ])('from %i to %i in %i columns reads "%s"', (from, to, width, expected) => {
    expect(offsetAxis(from, to, width)).toBe(expected);
  });

  test('is as wide as its strip, whatever the file', () => {
    const bytes = fc.integer({ min: 0, max: 60 }).map((power) => 2 ** power);
    fc.assert(
      fc.property(bytes, bytes, fc.integer({ min: 16, max: 250 }), (from, length, width) => {
        expect(offsetAxis(from, from + length, width)).toHaveLength(width);
      }),
    );
  });
});
