import { describe, expect, it } from 'vitest';
import { actor, evictedSnapshot, pageCache } from './page-cache-builder.js';
import { KEYS } from './screen-terminal.js';
import { show } from './show.js';
import { snapshot } from './snapshot-builder.js';

describe('the page of the page cache', () => {
  it.each([
    [60, 16],
    [80, 24],
    [200, 60],
  ])('shows who evicts, why pages were not there, suspects and fillers at %ix%i', async (columns, rows) => {
    const { terminal } = show(evictedSnapshot(), { columns, rows });
    await terminal.settled();
    await terminal.type('c');
    await expect(await terminal.settled()).toMatchFileSnapshot(`expected/page-cache-${columns}x${rows}.txt`);
  });

  it('says what starts the set where it does not run', async () => {
    const { terminal } = show(snapshot());
    await terminal.settled();
    await terminal.type('c');
    expect(await terminal.shows('page cache')).toContain('C starts the probe set pagecache');
  });

  it('shows nothing that nobody did: no evictor, no suspect, no cause', async () => {
    const blank = {
      evictors: [],
      fillers: [],
      causes: [],
      suspects: [],
      evictedPages: 0,
      kswapdRefaults: 0,
      majorFaults: 0,
    };
    const { terminal } = show(evictedSnapshot({ ...blank, sampling: { oneIn: 1, forgotten: 0 } }));
    await terminal.settled();
    await terminal.type('c');
    const text = await terminal.shows('nobody has evicted any of its pages');
    expect(text).toContain('no major fault in its files yet');
    expect(text).not.toContain('suspects');
    expect(text).not.toContain('NaN');
  });

  it('calls those behind kswapd suspects, with their shares and no more', async () => {
    const { terminal } = show(evictedSnapshot(), { columns: 100, rows: 50 });
    await terminal.settled();
    await terminal.type('c');
    const text = await terminal.shows("suspects for kswapd's evictions");
    expect(text).toMatch(/5001 backup .* 81%/);
    expect(text).toMatch(/4711 the target .* 12%/);
    expect(text).toContain('no proof of guilt');
    expect(text).not.toContain('culprit');
  });

  it('says that figures are scaled, from how many faults, and what had to be forgotten', async () => {
    const { terminal } = show(evictedSnapshot(), { columns: 120, rows: 60 });
    await terminal.settled();
    await terminal.type('c');
    const text = await terminal.shows('one page in 4 is remembered');
    expect(text).toContain('scaled from 27.6k of 111k faults');
    expect(text).toContain('120 had to be forgotten');
    expect(text).toContain('watched for 41.2s');
  });

  it('scrolls to its end, and the same key closes it', async () => {
    const { terminal } = show(evictedSnapshot());
    await terminal.settled();
    await terminal.type('c', KEYS.end);
    expect(await terminal.shows('age: from eviction')).toContain('share: of its major faults');
    await terminal.type('c');
    expect(await terminal.settled()).toContain('c page cache');
  });
});

it('a wide main screen has the evictors beside the logs once the set has run', async () => {
  const wide = show(evictedSnapshot(), { columns: 200, rows: 60 });
  expect(await wide.terminal.settled()).toContain('evictors of its pages');
  const without = show(snapshot(), { columns: 200, rows: 60 });
  expect(await without.terminal.settled()).not.toContain('evictors of its pages');
});

const HOSTILE = [
  '{red-fg}x{/}',
  '\x1b[2J\x1b]0;owned\x07',
  'a\nb\rc',
  '漢字漢字漢字漢字漢字漢字漢字漢字漢字',
  'abc\u202edef',
  'a\ud800b',
  'x'.repeat(5000),
  '',
];

describe('hostile names of processes and cgroups', () => {
  const screenOf = async (name: string): Promise<string[]> => {
    const hostile = actor(5120, name, { cgroup: name, command: name });
    const { evictors, fillers, suspects } = pageCache();
    const { terminal } = show(
      evictedSnapshot({
        evictors: evictors.map((row, index) => (index === 0 ? { ...row, actor: hostile } : row)),
        fillers: fillers.map((row, index) => (index === 0 ? { ...row, actor: hostile } : row)),
        suspects: suspects.map((row, index) => (index === 0 ? { ...row, actor: hostile } : row)),
      }),
      { columns: 200, rows: 50 },
    );
    await terminal.settled();
    await terminal.type('c');
    return (await terminal.settled()).split('\n');
  };

  it.each(HOSTILE)('%j changes nothing but its own cells', async (name) => {
    const plain = await screenOf('plain');
    const drawn = await screenOf(name);
    const hasName = (line: string | undefined): boolean => / 5120 /.test(line ?? '');
    expect(plain.filter(hasName).length).toBe(3);
    expect(drawn.filter((_, row) => !hasName(plain[row]))).toEqual(plain.filter((line) => !hasName(line)));
    // The figures of the first evictor stay where they are.
    const figures = (lines: readonly string[]) =>
      lines.find((line) => line.includes('52.3k'))?.replace(/^.*(?=made room)/, '');
    expect(figures(drawn)).toBe(figures(plain));
  });
});
