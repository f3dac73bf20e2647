import { describe, expect, it } from 'vitest';
import { stacksView } from '../../support/stacks.js';
import { KEYS, UTF8 } from './screen-terminal.js';
import { type Facts, show } from './show.js';
import { snapshot } from './snapshot-builder.js';
import { serverStacks, stacksSnapshot } from './stacks-builder.js';

const TAB = '\t';
const LEFT = '\x1b[D';
const RIGHT = '\x1b[C';

async function flames(facts: Facts = {}, ...keys: string[]) {
  const screen = show(stacksSnapshot(), facts);
  await screen.terminal.type('t', ...keys);
  await screen.terminal.shows('stacks of');
  return screen;
}

describe('the page of stacks', () => {
  it.each([
    [60, 16],
    [80, 24],
    [200, 60],
  ])('draws frames as wide as their share at %ix%i', async (columns, rows) => {
    const { terminal } = await flames({ columns, rows }, KEYS.down, KEYS.down, KEYS.down, KEYS.down);
    await expect(await terminal.settled()).toMatchFileSnapshot(`expected/flames-${columns}x${rows}.txt`);
  });

  it('draws with ASCII alone where the terminal has nothing else', async () => {
    const { terminal } = await flames({ env: { TERM: 'xterm-256color', LANG: 'C' } });
    const text = await terminal.settled();
    expect(terminal.bytes.every((byte) => byte < 0x80)).toBe(true);
    await expect(text).toMatchFileSnapshot('expected/flames-ascii-80x24.txt');
  });

  it('tells frames apart, and the chosen and found ones, without a colour', async () => {
    const { terminal } = await flames(
      { env: { ...UTF8, NO_COLOR: '1' } },
      KEYS.down,
      '/',
      'l',
      'o',
      'o',
      'k',
      KEYS.enter,
    );
    const text = await terminal.shows('matched "look"');
    expect(text).toMatch(/^>runtime.goexit +│/m);
    expect(text).toMatch(/^\*example.com\/store\/index\.\(\*Index\)\.lookup +│index/m);
    const codes = [...terminal.bytes.toString('utf8').matchAll(/\x1b\[([\d;]*)m/g)].flatMap(([, one = '']) =>
      one.split(';'),
    );
    expect([...new Set(codes)].filter((code) => !['', '0', '1', '4', '7'].includes(code))).toEqual([]);
  });

  it('says how to start the set, and why there is nothing to see', async () => {
    const { terminal } = show(snapshot());
    await terminal.type('t');
    await terminal.shows('T starts the probe set stacks');
    const none = show(stacksSnapshot(stacksView([])));
    await none.terminal.type('t');
    await none.terminal.shows('no major fault yet');
    await none.terminal.type(TAB);
    await none.terminal.shows('no wait yet');
    const idle = show(stacksSnapshot(stacksView([], [{ line: 'a', part: 'sleep', count: 1, totalNs: 5e9 }])));
    await idle.terminal.type('t', TAB);
    await idle.terminal.shows('nothing but idle time (i shows it)');
    const swift = show(stacksSnapshot(stacksView([{ line: 'a;b', count: 9, totalNs: 0 }])));
    await swift.terminal.type('t');
    await swift.terminal.shows('u tells how many they are');
    await swift.terminal.type('u');
    await swift.terminal.shows(/^b +│/m);
  });
});

describe('its keys', () => {
  it('choose frames, whose name and figures stand at the bottom', async () => {
    const { terminal } = await flames({}, KEYS.down, KEYS.down, KEYS.down, KEYS.down);
    expect(await terminal.shows('example.com/store/index.(*Index).lookup (app)')).toContain(
      '55% of all  61% of its parent  0% itself  time 52.4s  count 61.0k',
    );
    await terminal.type(RIGHT);
    await terminal.shows('example.com/store/index.(*Index).scan (app)');
    await terminal.type(LEFT, KEYS.up);
    await terminal.shows('main.(*Server).handle (app)');
  });

  it('zoom into a frame and out again, and leave the page at last', async () => {
    const { terminal } = await flames({}, KEYS.down, KEYS.down, KEYS.down, KEYS.down, RIGHT, KEYS.enter);
    expect(await terminal.shows(/^>example.com\/store\/index.\(\*Index\).scan {40}.*│$/m)).not.toContain('lookup');
    await terminal.type(KEYS.backspace);
    await terminal.shows('lookup');
    await terminal.type(KEYS.enter, KEYS.escape);
    expect(await terminal.settled()).toContain('lookup');
    await terminal.type(KEYS.escape);
    await terminal.shows('threads by');
  });

  it('keep what is zoomed and chosen when new figures come, and when the page is left for another', async () => {
    const { terminal, update } = await flames({}, KEYS.down, KEYS.down, KEYS.down, KEYS.enter, KEYS.down, RIGHT);
    await terminal.shows('example.com/store/index.(*Index).scan (app)');
    const { faults, offCpu, frames } = serverStacks();
    const stacks = [...faults.stacks]
      .reverse()
      .map((one) => ({ ...one, totalNs: 100e9 - one.totalNs, count: one.count * 3 }));
    update(stacksSnapshot({ frames, offCpu, faults: { ...faults, stacks } }));
    const text = await terminal.shows('time 1m14s  count 90.3k');
    expect(text).toContain('example.com/store/index.(*Index).scan (app)');
    expect(text).toMatch(/^main.\(\*Server\).handle {58}│$/m);
    await terminal.type('s', 't');
    expect(await terminal.settled()).toBe(text);
  });

  it('search by what is typed, tell the share that matches, and drop it on Esc', async () => {
    const { terminal } = await flames({}, '/', 'j', 's', 'o', 'n', 'q');
    expect(await terminal.shows('search: jsonq')).toContain('matched "jsonq" 0%');
    await terminal.type(KEYS.backspace, KEYS.enter);
    expect(await terminal.shows('matched "json" 8%')).toMatch(/│\*json~│/);
    await terminal.type(KEYS.escape);
    expect(await terminal.settled()).not.toContain('matched');
    await terminal.type('/', 'x', KEYS.escape);
    expect(await terminal.settled()).not.toContain('matched');
  });

  it('turn to off-CPU time, numbers, callers, threads and causes, and count idle time in', async () => {
    const { terminal } = await flames({}, 'u');
    await terminal.shows('stacks of major faults by count');
    await terminal.type('r');
    expect(await terminal.shows('callers below')).toMatch(/^filemap_fault_\[k\] +│/m);
    await terminal.type('r', 'v');
    expect(await terminal.shows('by count, by thread')).toMatch(/^worker 4712 +│worker 4713 +│/m);
    await terminal.type(TAB, 'v', 'v', 'u');
    const causes = await terminal.shows('off-CPU stacks by time, by cause');
    expect(causes).toMatch(/^fault +│/m);
    expect(causes).toContain('idle aside 41.4s');
    await terminal.type('i');
    expect(await terminal.shows('idle aside 0ns')).toMatch(/parked +│/);
  });

  it('are in the footer', async () => {
    const { terminal } = await flames({ columns: 200 });
    expect((await terminal.settled()).trimEnd().split('\n').at(-1)).toMatch(
      /arrows choose .*Tab off-CPU .*u time\/count .*T on\/off/,
    );
  });
});

describe('a deep stack', () => {
  const deep = Array.from({ length: 90 }, (_, index) => `f${index}`).join(';');

  it('is scrolled to where the chosen frame is', async () => {
    const { terminal } = show(stacksSnapshot(stacksView([{ line: deep, count: 1, totalNs: 1e6 }])));
    await terminal.type('t');
    expect(await terminal.shows('rows 1-17, more below')).toContain('f15');
    for (let times = 0; times < 20; times += 1) await terminal.type(KEYS.pageDown);
    expect(await terminal.shows('rows 75-91')).toMatch(/^>f89 +│/m);
    await terminal.type(KEYS.home);
    await terminal.shows('rows 1-17, more below');
  });
});

describe('hostile names', () => {
  const NAMES = {
    'a blessed tag': '{red-fg}x{/}',
    'a clear screen': '\x1b[2Jcleared',
    'a title change': '\x1b]0;owned\x07',
    'a newline': 'a\nb',
    'wide characters': '漢字'.repeat(40),
    'an override': 'abc\u202edef',
    'piled marks': `e${'\u0301'.repeat(60)}`,
    'a lone surrogate': 'a\ud800b',
    'C1 controls': 'a\x9b31mb\x90c\x9d',
    nothing: '',
    'a very long template': `std::map<${'std::basic_string<char>, '.repeat(400)}>`,
  };

  it.each(Object.entries(NAMES))('%s in functions, modules and threads stay in their boxes', async (_what, name) => {
    const hostile = { label: name, module: name, kernel: false };
    const plain = { label: 'plain', module: 'app', kernel: true };
    const stacks = stacksView([
      { line: '', frames: [hostile, plain], threadName: name, count: 1, totalNs: 6e9 },
      { line: '', frames: [{ ...hostile, kernel: true }, plain], threadName: 'x', tid: 1, count: 1, totalNs: 2e9 },
    ]);
    for (const keys of [[], ['v'], ['r'], [KEYS.down, '/', 'a', KEYS.enter]]) {
      const { terminal } = show(stacksSnapshot(stacks));
      await terminal.type('t', ...keys);
      await terminal.shows('stacks of');
      const cells = terminal.cells;
      const edge = (row: number) => cells[row]?.[59]?.text;
      // Three quarters of the width each time, down to the kernel's frame.
      for (const row of keys[0] === 'r' ? [6] : [5, 6]) expect(edge(row)).toBe('│');
      expect(cells[4]?.[79]?.text).toBe('│');
      expect(terminal.lines.at(-1)).toMatch(/^ \? help/);
      expect(terminal.bytes.toString('latin1')).not.toMatch(/\x1b\]0;owned|\x9b31m|\x90c/);
    }
  });
});
