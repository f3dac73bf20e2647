import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderJson } from '../../../src/export/render-json.js';
import { HOSTILE_NAMES } from './outside-strings.js';

const WELL_FORMED = fc.string({ unit: 'binary' });

describe('rendered JSON', () => {
  test('ends in one line feed and is indented for people', () => {
    expect(renderJson({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });

  test('comes back unchanged through JSON.parse', () => {
    fc.assert(
      fc.property(fc.dictionary(WELL_FORMED, WELL_FORMED), (value) => {
        expect(JSON.parse(renderJson({ ...value }))).toEqual({ ...value });
      }),
    );
  });

  test('holds nothing that a terminal acts upon or hides, whatever the strings', () => {
    const anyUnits = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(fc.oneof(anyUnits, WELL_FORMED, fc.constantFrom(...HOSTILE_NAMES)), (name) => {
        expect(renderJson([name]).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u);
      }),
    );
  });

  test('escapes line separators, DEL, C1, bidi overrides and astral format characters as \\u', () => {
    expect(renderJson('\u2028\u2029\u007f\u009b\u202e\u{e0041}')).toBe(
      '"\\u2028\\u2029\\u007f\\u009b\\u202e\\udb40\\udc41"\n',
    );
  });

  test('replaces half a surrogate pair, escaped or not, and leaves whole pairs and backslashes alone', () => {
    expect(renderJson('a\ud800b')).toBe('"a\ufffdb"\n');
    expect(renderJson('\\ud800 \u{1f4a5}')).toBe('"\\\\ud800 \u{1f4a5}"\n');
  });
});
