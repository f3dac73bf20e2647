import { afterEach, describe, expect, it } from 'vitest';
import { KEYS, openScreen, type ScreenTerminal } from './screen-terminal.js';
import { faultingThread, idleThread, snapshot } from './snapshot-builder.js';

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

const screens = new Set<ReturnType<typeof openScreen>>();
afterEach(() => {
  for (const { view } of screens) view.destroy();
  screens.clear();
});

type Drawn = Pick<ScreenTerminal, 'cells' | 'text'>;

async function screenWith(name: string, keys: readonly string[]): Promise<Drawn> {
  const base = snapshot();
  const named = {
    ...base,
    threads: [idleThread(7), faultingThread(8, { name }), idleThread(9)],
    longestFaults: base.longestFaults.map((fault, index) => (index === 1 ? { ...fault, threadName: name } : fault)),
  };
  const screen = openScreen(named);
  screens.add(screen);
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
  const screen = openScreen(snapshot({ threads: [faultingThread(8, { name: '😀漢क्ष' })] }));
  screens.add(screen);
  await screen.terminal.settled();
  screen.update(snapshot({ threads: [faultingThread(8, { name: 'plain-name-' })] }));
  const fresh = openScreen(snapshot({ threads: [faultingThread(8, { name: 'plain-name-' })] }));
  screens.add(fresh);
  expect(await screen.terminal.settled()).toBe(await fresh.terminal.settled());
});

it("keeps a hostile name out of the frame of the thread's own page, the filter and the title", async () => {
  const screen = openScreen(snapshot({ threads: [faultingThread(8, { name: 'a\x1b[2J{bold}\nb' })] }));
  screens.add(screen);
  const { terminal } = screen;
  await terminal.settled();
  await terminal.type('/', '{', KEYS.enter, KEYS.enter);
  expect(await terminal.shows('thread 8 a{bold} b  fault')).toContain('coldmmap[4711]');
});
