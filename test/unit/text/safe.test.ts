import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeText } from '../../../src/text/safe.js';

/** Strings made of what does harm, mixed with what does not. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\x1b',
        '\x1b[2J',
        '\x1b]0;title\x07',
        '\x1bP1;2q',
        '\x9b31m',
        '\x9d',
        '\x90',
        '\x1b\\',
        '\x07',
        '\n',
        '\t',
        '\0',
        '\x7f',
        '\x85',
        '\u202e',
        '\u2066',
        '\u200b',
        '\u200d',
        '\ufeff',
        '\u2028',
        '\ud800',
        '\udc00',
        '{red-fg}',
        '{/}',
        '漢字',
        '😀',
        'e\u0301',
      ),
    ),
  )
  .map((parts) => parts.join(''));

describe('safeText', () => {
  it('leaves ordinary names, braces included, as they are', () => {
    for (const name of ['coldmmap', 'G1 Conc#0', '{red-fg}x{/}', 'größe', '漢字', '/var/lib/db/a b']) {
      expect(safeText(name)).toBe(name);
    }
  });

  it.each([
    ['a\x1b[2Jb', 'ab'],
    ['a\x1b[38;5;1mb', 'ab'],
    ['a\x9b31mb', 'ab'],
    ['a\x1b]0;title\x07b', 'ab'],
    ['a\x1b]8;;http://x\x1b\\b', 'ab'],
    ['a\x1bPq#0\x1b\\b', 'ab'],
    ['a\x1b(0b', 'ab'],
    ['a\x1bcb', 'ab'],
    ['a\x1b]0;cut short', 'a'],
    ['a\x1b', 'a'],
  ])('drops the escape sequence in %j as a whole', (value, expected) => {
    expect(safeText(value)).toBe(expected);
  });

  it('shows line breaks and tabs as spaces', () => {
    expect(safeText('a\nb\tc\r\nd\u2028e')).toBe('a b c d e');
  });

  it('drops what turns the direction of writing or takes no room', () => {
    expect(safeText('abc\u202efed\u2066x\u200by\ufeffz')).toBe('abcfedxyz');
  });

  it('drops halves of surrogate pairs and keeps whole ones', () => {
    expect(safeText('a\ud83db\udc00c😀')).toBe('abc😀');
  });

  it('does not let marks pile up or hang on what stands before the name', () => {
    expect(safeText(`\u0301a${'\u0301'.repeat(50)}`)).toBe(`a${'\u0301'.repeat(3)}`);
  });

  it('never lets a control, format or unpaired character through, whatever comes', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const safe = safeText(value);
        expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
      { numRuns: 2000 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        expect(safeText(safeText(value))).toBe(safeText(value));
      }),
    );
  });
});
