import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../../../src/metrics/family.js';
import { TopSeries } from '../../../src/metrics/top-series.js';

const OTHERS = { file: '[others]' };
const row = (file: string, value: number): Sample => ({ suffix: '_total', labels: { file }, value });
const valuesOf = (series: TopSeries) =>
  new Map(series.samples().map(({ labels, value }) => [labels.file ?? '', value]));
const SECOND = 1_000_000_000n;

/** What each of some files has come to at each of some moments; a new session begins where `restart` says so. */
const histories = fc.array(
  fc.record({
    restart: fc.boolean(),
    grown: fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.nat(1000)), { maxLength: 40 }),
    shown: fc.integer({ min: 0, max: 20 }),
  }),
  { maxLength: 30 },
);

describe('a counter by file, of a target that uses ever other files', () => {
  test('has series that only grow, that add up to all that was counted, and never more than twenty and the others', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const series = new TopSeries();
        let counts = new Map<number, number>();
        let all = 0;
        let before = new Map<string, number>();
        for (const [moment, { restart, grown, shown }] of history.entries()) {
          if (restart) {
            series.sessionEnded();
            counts = new Map();
          }
          for (const [file, more] of grown) {
            counts.set(file, (counts.get(file) ?? 0) + more);
            all += more;
          }
          const ranked = [...counts].sort(([, a], [, b]) => b - a);
          const rest = ranked.slice(shown).reduce((sum, [, value]) => sum + value, 0);
          const rows = [
            ...ranked.slice(0, shown).map(([file, value]) => row(String(file), value)),
            row('[others]', rest),
          ];
          series.update(rows, OTHERS, BigInt(moment) * SECOND);
          const now = valuesOf(series);
          expect(now.size).toBeLessThanOrEqual(21);
          for (const [file, value] of before) expect(now.get(file)).toBeGreaterThanOrEqual(value);
          expect([...now.values()].reduce((sum, value) => sum + value, 0)).toBe(all);
          before = now;
        }
      }),
    );
  });

  test('tells a file by itself as long as it is listed: its count is the true one', () => {
    const series = new TopSeries();
    series.update([row('a', 5), row('[others]', 2)], OTHERS, 0n);
    series.update([row('a', 9), row('b', 4), row('[others]', 2)], OTHERS, SECOND);
    expect(valuesOf(series)).toEqual(
      new Map([
        ['a', 9],
        ['b', 4],
        ['[others]', 2],
      ]),
    );
  });

  test('goes on from the count before where the target was restarted', () => {
    const series = new TopSeries();
    series.update([row('a', 5)], OTHERS, 0n);
    series.sessionEnded();
    series.update([row('a', 2), row('b', 1)], OTHERS, SECOND);
    expect(valuesOf(series)).toEqual(
      new Map([
        ['a', 7],
        ['b', 1],
      ]),
    );
  });

  test('lets a file that has been left alone for ten minutes make room for one that is used', () => {
    const series = new TopSeries();
    const twenty = Array.from({ length: 20 }, (_, index) => row(`old${index}`, 10));
    series.update(twenty, OTHERS, 0n);
    series.update([...twenty, row('new', 3)], OTHERS, 599n * SECOND);
    expect(valuesOf(series).get('new')).toBeUndefined();
    expect(valuesOf(series).get('[others]')).toBe(3);
    series.update([...twenty, row('new', 8)], OTHERS, 601n * SECOND);
    expect(valuesOf(series).get('new')).toBe(5);
    expect(series.samples()).toHaveLength(21);
  });
});
