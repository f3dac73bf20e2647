import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TIME_PARTS } from '../../../src/model/cause.js';
import { ASCII_GLYPHS, barText, UNICODE_GLYPHS } from '../../../src/tui/glyphs.js';
import { histogramRows } from '../../../src/tui/histogram.js';
import { stack } from '../../../src/tui/panels/breakdown.js';
import { barRows } from '../../../src/tui/tracks.js';
import { timeSplit } from '../../tui/screens/snapshot-builder.js';

describe('bars of characters', () => {
  it('tell a known nought from what is not known, and never hide a little', () => {
    expect(barRows([null, 0, 0.001, 0.5, 1], 2, ['_', '.', '#'])).toEqual(['    #', ' _.##']);
  });

  it('end in a partial mark', () => {
    expect(barText(0.5, 4, UNICODE_GLYPHS)).toBe('██');
    expect(barText(0.3, 4, UNICODE_GLYPHS)).toBe('█▎');
    expect(barText(0.001, 4, UNICODE_GLYPHS)).toBe('▏');
    expect(barText(0, 4, UNICODE_GLYPHS)).toBe('');
    expect(barText(0.001, 4, ASCII_GLYPHS)).toBe('#');
    expect(barText(1, 4, ASCII_GLYPHS)).toBe('####');
  });
});

describe('a stacked column', () => {
  it('shares its rows by largest remainder, in the order given, from the bottom', () => {
    const split = timeSplit({ fault: 60, onCpu: 25, disk: 15 });
    expect(stack(split, ['fault', 'onCpu', 'disk'], 5)).toEqual(['fault', 'fault', 'fault', 'onCpu', 'disk']);
  });

  it('is empty where nothing is known or nothing was spent', () => {
    expect(stack(null, ['fault'], 5)).toEqual([]);
    expect(stack(timeSplit({ sleep: 9 }), ['fault'], 5)).toEqual([]);
  });

  it('is always full otherwise', () => {
    const splits = fc.array(fc.nat(1_000_000), { minLength: TIME_PARTS.length, maxLength: TIME_PARTS.length });
    fc.assert(
      fc.property(splits, fc.integer({ min: 1, max: 30 }), (values, rows) => {
        fc.pre(values.some((value) => value > 0));
        const split = timeSplit(Object.fromEntries(TIME_PARTS.map((part, index) => [part, values[index] ?? 0])));
        expect(stack(split, TIME_PARTS, rows)).toHaveLength(rows);
      }),
    );
  });
});

describe('a latency histogram', () => {
  const cell = (fromNs: number, count: number) => ({ fromNs, toNs: fromNs * 1.125, count });

  it('puts cells together by powers of two, without gaps', () => {
    expect(histogramRows([cell(1024, 1), cell(1152, 2), cell(4096, 5)], 10)).toEqual([
      { fromNs: 1024, toNs: 2048, count: 3 },
      { fromNs: 2048, toNs: 4096, count: 0 },
      { fromNs: 4096, toNs: 8192, count: 5 },
    ]);
  });

  it('widens its rows where there are too few lines, and loses nothing', () => {
    const cells = Array.from({ length: 20 }, (_, octave) => cell(2 ** (octave + 5), octave + 1));
    const rows = histogramRows(cells, 6);
    expect(rows.length).toBeLessThanOrEqual(6);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(210);
    expect(new Set(rows.map(({ fromNs, toNs }) => toNs / fromNs))).toEqual(new Set([16]));
  });

  it('has no rows where nothing was measured', () => {
    expect(histogramRows([], 10)).toEqual([]);
  });

  it('begins at nought where the first cell does', () => {
    expect(histogramRows([{ fromNs: 0, toNs: 1, count: 4 }], 3)).toEqual([{ fromNs: 0, toNs: 2, count: 4 }]);
  });
});
