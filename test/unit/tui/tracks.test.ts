import { describe, expect, it } from 'vitest';
import type { HistoryPoint } from '../../../src/model/snapshot.js';
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../../src/tui/glyphs.js';
import { faultRateHz } from '../../../src/tui/series.js';
import { lineText } from '../../../src/tui/styled.js';
import { drawTracks, type Track, type TracksFrame } from '../../../src/tui/tracks.js';
import { NO_TIME } from '../../support/nothing-seen.js';

const RATE: Track = {
  label: 'major faults/s',
  short: 'faults/s',
  tone: 'fault',
  read: faultRateHz,
  joined: 'mean',
  scale: 'rate',
  format: (value) => (value === null ? '-' : String(value)),
  grow: 1,
};
const DOUBLE: Track = {
  ...RATE,
  short: 'double',
  read: ({ majorFaults }) => ({ value: majorFaults * 2, weight: 1 }),
};
const FRAME: TracksFrame = { title: 'tracks', windowNs: 4e9, width: 27, height: 6, spareRows: 0, glyphs: ASCII_GLYPHS };

const history = [0, 30, 90, 0].map((majorFaults, index): HistoryPoint => {
  const blank = { time: NO_TIME, level: null, symptoms: null, requests: null };
  return { atNs: (index + 1) * 1e9, durationNs: 1e9, majorFaults, ...blank };
});

const texts = (groups: readonly (readonly Track[])[], facts: Partial<TracksFrame> = {}) =>
  drawTracks(history, groups, { ...FRAME, ...facts }).lines.map((line) => lineText(line).trimEnd());

describe('tracks', () => {
  it('stand one under the other on the same columns, each with its label, unit and scale from 0', () => {
    expect(texts([[RATE, { ...DOUBLE, scale: 'other' }]], { height: 4 })).toEqual([
      '- tracks ------------------',
      'faults/s      100|__..##__',
      'double        200|__..##__',
      '                  -4s  now',
    ]);
  });

  it('of one scale can be held against each other', () => {
    expect(texts([[RATE, DOUBLE]], { height: 4 }).slice(1, 3)).toEqual([
      'faults/s      200|__..::__',
      'double        200|__..##__',
    ]);
  });

  it('share the rows that are left, the growing ones more', () => {
    const rows = texts([[{ ...RATE, grow: 3 }, DOUBLE]], { height: 6 });
    expect(rows.map((row) => row.slice(0, 10).trim()).slice(1, -1)).toEqual(['faults/s', '', '', 'double']);
    expect(rows[3]).toMatch(/^ +0\|/);
  });

  it('come in whole groups, the first ones first, and only where the first keeps its spare rows', () => {
    const group = [DOUBLE, DOUBLE];
    const shown = (height: number, spareRows: number) =>
      texts([[RATE], group], { height, spareRows }).filter((row) => row.startsWith('double')).length;
    expect([shown(4, 0), shown(5, 0), shown(5, 1), shown(6, 1)]).toEqual([0, 2, 0, 2]);
  });

  it('tell their latest value where there is room for it, and a dash where it is not known', () => {
    expect(texts([[RATE]], { width: 60, height: 3 })[1]).toMatch(/ 0$/);
    const unknown = { ...RATE, read: () => null };
    expect(texts([[unknown]], { width: 60, height: 3 })[1]).toMatch(/^major faults\/s +-\| +-$/);
  });

  it('are plots of braille where they have several rows and the terminal shows them', () => {
    const { plots, lines } = drawTracks(history, [[RATE]], { ...FRAME, glyphs: UNICODE_GLYPHS });
    expect(lines).toHaveLength(6);
    expect(plots).toEqual([
      {
        area: { left: 18, top: 1, width: 8, height: 4 },
        heights: [0, 0, 0, 0, 0.3, 0.3, 0.3, 0.3, 0.9, 0.9, 0.9, 0.9, 0, 0, 0, 0],
        colour: 'magenta',
      },
    ]);
  });

  it('draw a nought without the colour of the track', () => {
    const { lines } = drawTracks(history, [[{ ...RATE, tone: 'fullStall' }]], { ...FRAME, height: 3 });
    const red = lines.flat().filter(({ tone }) => tone === 'fullStall');
    expect(red.map(({ text }) => text).join('')).toBe('..##');
  });
});
