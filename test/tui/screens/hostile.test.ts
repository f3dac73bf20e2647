import { describe, expect, it } from 'vitest';
import { diagnosis } from './diagnosis-builder.js';
import { causes, file, files } from './files-builder.js';
import { KEYS, type ScreenTerminal } from './screen-terminal.js';
import { show } from './show.js';
import {
  faultingThread,
  goroutineFunction,
  goroutines,
  idleThread,
  servingSnapshot,
  snapshot,
  stalls,
} from './snapshot-builder.js';

const HOSTILE = {
  'a blessed tag': '{red-fg}x{/}',
  'a clear screen': '\x1b[2J',
  'a title change': '\x1b]0;owned\x07',
  'a newline': 'a\nb\nc',
  'a carriage return': 'abc\rX',
  'wide characters': '漢字漢字漢字漢字漢字',
  'one wide character': '漢',
  emoji: '😀👩‍👩‍👧🇩🇪❤️x',
  'a right-to-left override': 'abc\u202edef',
  'Arabic and Hebrew': 'שלום عليكم',
  Devanagari: 'क्षत्रिय',
  'piled marks': `e${'\u0301'.repeat(60)}`,
  'a lone surrogate': 'a\ud800b',
  'C1 controls': 'a\x9b31mb\x90c\x9d',
  nothing: '',
} as const;

const STALL = { startNs: 5e9, durationNs: 3e6, level: 2, capacity: 2 };

type Drawn = Pick<ScreenTerminal, 'cells' | 'text'>;

async function screenWith(name: string, keys: readonly string[]): Promise<Drawn> {
  const base = snapshot();
  const calm = stalls();
  const named = {
    ...base,
    threads: [idleThread(7), faultingThread(8, { name }), idleThread(9)],
    longestFaults: base.longestFaults.map((fault, index) => (index === 1 ? { ...fault, threadName: name } : fault)),
    goroutines: goroutines({ functions: [goroutineFunction('main.first'), goroutineFunction(name)] }),
    files: files({ files: [file('/first'), file(name), file('/third')] }),
    stalls: { ...calm, longest: [...calm.longest.slice(0, 1), { ...STALL, threads: [{ tid: 8, name }] }] },
  };
  const screen = show(named);
  await screen.terminal.type(...keys);
  const text = await screen.terminal.settled();
  return { cells: screen.terminal.cells, text };
}

const plainScreens = new Map<string, Promise<Drawn>>();

/** The screen to compare with, drawn once. */
function plainScreen(name: string, keys: readonly string[]): Promise<Drawn> {
  const drawn = plainScreens.get(name) ?? screenWith(name, keys);
  plainScreens.set(name, drawn);
  return drawn;
}

/** Both screens column by column, with the columns of the plain name (which fills its cell) blotted out. */
function outsideOfName(drawn: Drawn, plain: Drawn, name: string): string[] {
  return drawn.cells.map((row, y) => {
    const plainRow = plain.cells[y]?.map(({ text }) => text).join('') ?? '';
    const at = plainRow.indexOf(name);
    const hidden = (x: number) => at >= 0 && x >= at && x < at + name.length;
    return row.map(({ text, look }, x) => (hidden(x) ? '*' : `${text}${look}`)).join(' ');
  });
}

describe.each([
  ['the thread table', [], 'plain-name-'],
  ['the longest faults', ['l'], 'plain-name-16-ch'],
  ['the goroutine table', ['o'], 'plain-start-function-2'],
  ['the list of files', ['m'], '/plain/name/0017'],
  ['the stall log', ['f'], 'a-plain-name-that-takes-the-rest-of-the-cell-49-c'],
] as const)('in %s', (_where, keys, plainName) => {
  it.each(Object.entries(HOSTILE))('%s as a name changes nothing but its cell', async (_what, name) => {
    const plain = await plainScreen(plainName, keys);
    const hostile = await screenWith(name, keys);
    expect(outsideOfName(plain, plain, plainName).some((row) => row.includes('*'))).toBe(true);
    expect(outsideOfName(hostile, plain, plainName)).toEqual(outsideOfName(plain, plain, plainName));
  });
});

it('shows braces and wide characters as they are', async () => {
  expect((await screenWith('{red-fg}{/}', [])).text).toContain('{red-fg}{/} fault');
  expect((await screenWith('漢字', [])).text).toContain('8 漢字        fault');
});

it('leaves nothing behind when a hostile name gives way to a plain one', async () => {
  const screen = show(snapshot({ threads: [faultingThread(8, { name: '😀漢क्ष' })] }));
  await screen.terminal.settled();
  screen.update(snapshot({ threads: [faultingThread(8, { name: 'plain-name-' })] }));
  const fresh = show(snapshot({ threads: [faultingThread(8, { name: 'plain-name-' })] }));
  expect(await screen.terminal.settled()).toBe(await fresh.terminal.settled());
});

it("keeps a hostile name out of the frame of the thread's own page, the filter and the title", async () => {
  const screen = show(snapshot({ threads: [faultingThread(8, { name: 'a\x1b[2J{bold}\nb' })] }));
  const { terminal } = screen;
  await terminal.settled();
  await terminal.type('/', '{', KEYS.enter, KEYS.enter);
  expect(await terminal.shows('thread 8 a{bold} b  fault')).toContain('coldmmap[4711]');
});

/** Every string from outside that the pages of the stall show, wherever it stands. */
function hostileEverywhere(text: string) {
  const base = servingSnapshot();
  const [first, ...rest] = diagnosis().findings;
  const finding = first === undefined ? [] : [{ ...first, title: text, evidence: [text], remedies: [text] }];
  const runtime = { kind: 'go', version: text, capacity: 2, capacitySource: text, goroutines: true } as const;
  return {
    snapshot: {
      ...base,
      runtime: { ...runtime, goroutineDetail: text },
      probes: base.probes.map((probe) =>
        probe.set === 'entry' ? ({ ...probe, state: 'failed', detail: text } as const) : probe,
      ),
      files: files({ files: [file(text, { causes: causes(text) })] }),
      goroutines: goroutines({
        functions: [goroutineFunction(text)],
        top: [{ goid: 5n, start: text, majorFaults: 1, faultWaitNs: 1, holdingFraction: 1 }],
      }),
      stalls: stalls({ recent: [{ ...STALL, threads: [{ tid: 8, name: text }] }] }),
    },
    diagnosis: diagnosis({ findings: [...finding, ...rest] }),
  };
}

const LONG = 'x'.repeat(5000);
const SIZE = { columns: 120, rows: 50 };
const PAGES = [[], ['s'], ['f'], ['o'], ['d'], ['m'], [KEYS.enter]] as const;
let plainEdges: Promise<string[][]> | undefined;

/** The target, the gauge and the keys. */
function edges(text: string): string[] {
  const lines = text.split('\n');
  return [lines[0]?.slice(0, 28) ?? '', lines[1] ?? '', lines[SIZE.rows - 1] ?? ''];
}

/** The edges of every page without anything hostile, drawn once. */
function plainPages(): Promise<string[][]> {
  plainEdges ??= (async () => {
    const plain = show(servingSnapshot(), SIZE);
    const pages = [];
    for (const keys of PAGES) {
      await plain.terminal.type(...keys);
      pages.push(edges(await plain.terminal.settled()));
    }
    return pages;
  })();
  return plainEdges;
}

it.each([...Object.entries(HOSTILE), ['a very long text', LONG] as const])(
  '%s in a version, a reason, a function or a finding leaves the gauge and the keys where they are on every page',
  async (_what, text) => {
    const { snapshot: hostile, diagnosis: found } = hostileEverywhere(text);
    const screen = show(hostile, { ...SIZE, diagnosis: found });
    const plain = await plainPages();
    for (const [index, keys] of PAGES.entries()) {
      await screen.terminal.type(...keys);
      expect(edges(await screen.terminal.settled())).toEqual(plain[index]);
    }
    // What the screen itself never sends.
    expect(screen.terminal.bytes.toString('latin1')).not.toMatch(/\x1b\]0;owned|\x9b31m|\x90c/);
  },
);
