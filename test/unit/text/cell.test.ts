import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cell, columnsOf } from '../../../src/text/cell.js';

describe('cell', () => {
  it.each([
    ['ab', 4, 'left', 'ab  '],
    ['ab', 4, 'right', '  ab'],
    ['abcdef', 4, 'left', 'abc~'],
    ['abcd', 4, 'left', 'abcd'],
    ['漢字', 6, 'left', '漢字  '],
    ['漢字漢', 5, 'left', '漢字~'],
    ['漢字漢', 4, 'left', '漢~ '],
    ['😀x', 4, 'right', ' 😀x'],
    ['e\u0301e\u0301', 3, 'left', 'e\u0301e\u0301 '],
    ['{bold}', 6, 'left', '{bold}'],
    ['', 3, 'left', '   '],
    ['abc', 0, 'left', ''],
    ['漢', 1, 'left', '~'],
  ] as const)('brings %j to %i columns, %s', (value, width, align, expected) => {
    expect(cell(value, width, align)).toBe(expected);
  });

  it('is exactly as wide as asked and never carries a control character, whatever the string', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
    fc.assert(
      fc.property(
        anything,
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom('left', 'right'),
        (value, width, align) => {
          const text = cell(value, width, align);
          expect(stringWidth(text)).toBe(width);
          expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('measures a name by what is left of it once it is safe', () => {
    expect(columnsOf('\x1b[31m漢\u200b')).toBe(2);
  });
});
