import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TIME_PARTS } from '../../../src/model/cause.js';
import type { ThreadView } from '../../../src/model/snapshot.js';
import type { ScreenId } from '../../../src/tui/actions.js';
import { UNICODE_GLYPHS } from '../../../src/tui/glyphs.js';
import { LIST_TOP } from '../../../src/tui/list.js';
import { type CellGrid, paint, type ScreenCell } from '../../../src/tui/painter.js';
import { footer } from '../../../src/tui/panels/footer.js';
import { header } from '../../../src/tui/panels/header.js';
import { accountLines } from '../../../src/tui/panels/thread-account.js';
import { waitRows, waitsTable } from '../../../src/tui/panels/thread-waits.js';
import { threads as threadTable } from '../../../src/tui/panels/threads.js';
import type { Scene } from '../../../src/tui/scene.js';
import { composeScreen } from '../../../src/tui/screens.js';
import { INITIAL_VIEW, type ViewState } from '../../../src/tui/state.js';
import { lineText, span, type Tone } from '../../../src/tui/styled.js';
import { orderThreads } from '../../../src/tui/thread-order.js';
import { attributeOf, forEightColours, plotColour, withoutColour } from '../../../src/tui/tones.js';
import { diagnosis } from '../../tui/screens/diagnosis-builder.js';
import { emptySnapshot, faultingThread, manyThreads, snapshot } from '../../tui/screens/snapshot-builder.js';

const SCREENS: readonly ScreenId[] = [
  'main',
  'thread',
  'help',
  'faults',
  'symptoms',
  'stalls',
  'goroutines',
  'findings',
  'devices',
  'files',
  'file',
];

const AREA = { width: 80, height: 12 };

function scene(facts: Partial<Scene> = {}): Scene {
  const base = facts.snapshot ?? snapshot();
  const view = facts.view ?? INITIAL_VIEW;
  const ordered = orderThreads(base.threads, view.query);
  const shown = { snapshot: base, diagnosis: diagnosis(), view, glyphs: UNICODE_GLYPHS, ordered };
  return { ...shown, recordedBytes: null, replay: null, ...facts };
}

function blankGrid(width: number, height: number): CellGrid {
  const rows = Array.from({ length: height }, () => Array.from({ length: width }, (): ScreenCell => [0, ' ']));
  return { rows, uncertainRows: new Set(), unicode: true };
}

describe('every screen', () => {
  it('fills every size from nothing to huge without overlapping, at any state', () => {
    const views: ViewState[] = SCREENS.map((screen) => ({
      ...INITIAL_VIEW,
      screen,
      openThread: '4712',
      openFile: '/srv/data/cold.dat',
    }));
    const snapshots = [emptySnapshot(), snapshot(), snapshot({ threads: [], history: [] })];
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 250 }),
        fc.integer({ min: 0, max: 80 }),
        fc.constantFrom(...views),
        fc.constantFrom(...snapshots),
        (width, height, view, base) => {
          const taken = new Set<string>();
          for (const { area, lines } of composeScreen(scene({ view, snapshot: base }), width, height)) {
            expect(area.left + area.width).toBeLessThanOrEqual(width);
            expect(area.top + area.height).toBeLessThanOrEqual(height);
            paint(blankGrid(width, height), area, lines);
            for (let y = area.top; y < area.top + area.height; y += 1) {
              expect(taken.has(`${area.left} ${y}`)).toBe(false);
              taken.add(`${area.left} ${y}`);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps every panel in its place whatever the figures', () => {
    const areas = (base: Scene['snapshot']) =>
      composeScreen(scene({ snapshot: base }), 120, 40).map(({ area }) => area);
    expect(areas(snapshot({ threads: manyThreads(500) }))).toEqual(areas(emptySnapshot()));
  });
});

describe('the thread table', () => {
  it('formats only the rows on the screen', () => {
    let read = 0;
    const counted = manyThreads(1000).map((thread) =>
      Object.defineProperty({ ...thread }, 'now', {
        get: () => {
          read += 1;
          return thread.now;
        },
      }),
    );
    const lines = threadTable(scene({ snapshot: snapshot({ threads: counted }) }), 80, 12);
    expect(lines).toHaveLength(12);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(10 * 2);
  });

  it('makes every row exactly as wide as the screen needs, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const plain = threadTable(
          scene({ snapshot: snapshot({ threads: [faultingThread(1, { name: 'plain' })] }) }),
          80,
          3,
        );
        const lines = threadTable(scene({ snapshot: snapshot({ threads: [faultingThread(1, { name })] }) }), 80, 3);
        const after = (row: string) => row.slice(row.indexOf(' fault '));
        expect(lineText(lines[2] ?? [])).toContain(after(lineText(plain[2] ?? [])));
      }),
    );
  });
});

describe('the header', () => {
  it.each([80, 120])('says in %i columns that the session is being recorded, and how large that is', (width) => {
    const [line = []] = header(scene({ recordedBytes: 12.3 * 2 ** 20 }), width, 3);
    expect(lineText(line)).toContain('REC 12.3MiB');
    expect(lineText(header(scene(), width, 3)[0] ?? [])).not.toContain('REC');
  });
});

describe("a thread's page", () => {
  it("uses the runtime's own words for its role and its waits", () => {
    const sysmon = faultingThread(5, { role: 'sysmon' });
    const waits = sysmon.waits.map((wait) => ({ ...wait, cause: 'sleep', runtimeWord: 'sysmon' }) as const);
    const texts = (thread: ThreadView) =>
      [...accountLines(thread, UNICODE_GLYPHS), ...waitsTable(waitRows(thread), LIST_TOP, thread, AREA, UNICODE_GLYPHS)]
        .map(lineText)
        .join('\n');
    expect(texts({ ...sysmon, waits })).toMatch(/role sysmon, Go's own monitor.*\n {2}sysmon +- /s);
    expect(texts(faultingThread(5))).not.toContain('role');
  });
});

describe('the footer', () => {
  it.each([60, 80, 120])('always has help and quit at %i columns, and fits', (width) => {
    const text = lineText(footer(scene(), width, 1)[0] ?? []);
    expect(text).toMatch(/^ \? help .* q quit $/);
    expect(text.length).toBeLessThanOrEqual(width);
  });
});

describe('tones', () => {
  const named: Tone[] = [
    'plain',
    'faint',
    'label',
    'strong',
    'title',
    'warning',
    'key',
    'chosen',
    'sorted',
    ...TIME_PARTS,
  ];
  const attributes = named.flatMap((tone) => [attributeOf({ tone }), attributeOf({ tone, filled: true })]);
  const colours = (attribute: number) => [(attribute >> 9) & 0x1ff, attribute & 0x1ff];

  it('are among sixteen colours or none, and red for full stalls alone', () => {
    for (const colour of attributes.flatMap(colours)) {
      expect(colour === 0x1ff || colour < 16).toBe(true);
      expect([1, 9]).not.toContain(colour);
    }
    expect(colours(attributeOf({ tone: 'fullStall' }))).toEqual([9, 0x1ff]);
    expect(named.map(plotColour)).not.toContain('red');
    expect(plotColour('fullStall')).toBe('red');
  });

  it('lose their colours where colours are not wanted, and nothing else', () => {
    for (const attribute of attributes) {
      expect(colours(withoutColour(attribute))).toEqual([0x1ff, 0x1ff]);
      expect(withoutColour(attribute) >> 18).toBe(attribute >> 18);
    }
  });

  it('do not turn grey into black on terminals of eight colours', () => {
    expect(colours(forEightColours(attributeOf({ tone: 'faint' })))).toEqual([0x1ff, 0x1ff]);
  });
});

describe('the painter', () => {
  it('cuts at the edge of its area and never splits a wide character', () => {
    const grid = blankGrid(6, 2);
    paint(grid, { left: 1, top: 0, width: 4, height: 1 }, [[span('ab漢字')], [span('never')]]);
    const row = grid.rows[0]?.map(([, text]) => text) ?? [];
    expect(row[3]).toContain('漢');
    expect([row[0], row[1], row[2], row[4], row[5]]).toEqual([' ', 'a', 'b', '', ' ']);
    expect([...grid.uncertainRows]).toEqual([0]);
    expect(grid.rows[1]?.every(([, text]) => text === ' ')).toBe(true);
  });

  it('makes texts safe even where a panel forgot to', () => {
    const grid = blankGrid(10, 1);
    paint(grid, { left: 0, top: 0, width: 10, height: 1 }, [[span('a\x1b[2Jb\nc')]]);
    expect(grid.rows[0]?.map(([, text]) => text).join('')).toBe('ab c      ');
  });
});
