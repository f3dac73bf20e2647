import { describe, expect, it } from 'vitest';
import { causes, file, files, manyFiles } from './files-builder.js';
import { KEYS, UTF8 } from './screen-terminal.js';
import { show } from './show.js';
import { emptySnapshot, servingSnapshot, snapshot } from './snapshot-builder.js';

const SIZES = [
  [60, 16],
  [80, 24],
  [200, 60],
] as const;

/** What the rows of the list say, from their mark on. */
const rowsOf = (text: string) =>
  text.split('\n').filter((line) => /^[> ] ?\S+.*(random|sequential|clustered| - )/.test(line));

describe('the page of files', () => {
  it.each(SIZES)(
    'lists them by fault time with their strips, and shows the chosen one, at %ix%i',
    async (columns, rows) => {
      const { terminal } = show(snapshot(), { columns, rows });
      await terminal.type('m', KEYS.down);
      await terminal.shows(/^>.*cold\.dat/m);
      await expect(await terminal.settled()).toMatchFileSnapshot(`expected/files-${columns}x${rows}.txt`);
    },
  );

  it.each(SIZES)(
    'opens one on Enter: over time, memory, pattern, causes and what would help, at %ix%i',
    async (columns, rows) => {
      const view = files();
      const told = view.files.map((own, index) => (index === 1 ? { ...own, causes: causes() } : own));
      const { terminal } = show(snapshot({ files: { ...view, files: told } }), { columns, rows });
      await terminal.type('m', KEYS.down, KEYS.enter);
      await terminal.shows('faults over offset,');
      await expect(await terminal.settled()).toMatchFileSnapshot(`expected/file-${columns}x${rows}.txt`);
    },
  );

  it('closes on the same key or Esc, an open file first', async () => {
    const { terminal } = show(snapshot());
    const main = await terminal.settled();
    await terminal.type('m');
    const list = await terminal.shows('files by fault time');
    await terminal.type(KEYS.enter);
    await terminal.shows('causes of its faults');
    await terminal.type(KEYS.escape);
    expect(await terminal.shows('files by fault time')).toBe(list);
    await terminal.type('m');
    await terminal.shows('threads by');
    expect(await terminal.settled()).toBe(main);
  });

  it('keeps the choice, and what is open, with its file when the order changes', async () => {
    const { terminal, update } = show(snapshot());
    await terminal.type('m', KEYS.down);
    await terminal.shows(/^>.*cold\.dat/m);
    const view = files();
    const [first, second, ...rest] = view.files;
    if (first === undefined || second === undefined) throw new Error('too few files');
    update(snapshot({ files: { ...view, files: [second, first, ...rest] } }));
    expect(rowsOf(await terminal.shows(/^>.*cold\.dat/m))[0]).toContain('cold.dat');
    await terminal.type(KEYS.enter);
    await terminal.shows('─ /srv/data/cold.dat ─');
    update(snapshot({ files: { ...view, files: [first, ...rest] } }));
    await terminal.shows('this file is no longer among those listed');
  });

  it('scrolls an open file that is longer than the screen to what would help and to its causes', async () => {
    const { terminal } = show(snapshot(), { columns: 60, rows: 16 });
    await terminal.type('m', KEYS.enter);
    expect(await terminal.shows('faults over offset')).not.toContain('MADV_RANDOM');
    await terminal.type(KEYS.end);
    const end = await terminal.shows('C starts the probe set pagecache');
    expect(end).toContain('Read it with pread(2)');
    await terminal.type(KEYS.end, KEYS.home);
    await terminal.shows('postings.idx');
  });

  it('says who evicted what came back, how long after and how sure that is', async () => {
    const view = files({ files: [file('/a', { causes: causes('gr\x1b[2Jep{b}') })] });
    const { terminal } = show(snapshot({ files: view }));
    await terminal.type('m', KEYS.enter);
    const text = await terminal.shows('causes of its faults');
    expect(text).toMatch(/evicted before +27\.0k +75% +852µs +high/);
    expect(text).toMatch(/by grep\{b\}\[9001\] +26\.0k +reclaim, back after 3\.2s on average/);
    expect(text).toMatch(/first touch +9\.0k +25% +900µs +medium/);
  });

  it('fits its advice to the pattern, and names the hot range', async () => {
    const { terminal } = show(snapshot(), { columns: 120, rows: 50 });
    await terminal.type('m');
    await terminal.shows('MADV_RANDOM');
    await terminal.type(KEYS.down);
    expect(await terminal.shows('MADV_SEQUENTIAL')).not.toContain('MADV_RANDOM');
    await terminal.type(KEYS.down);
    expect(await terminal.shows('MADV_POPULATE_READ')).toMatch(
      /Bring bytes 12\d{8} to 14\d{8} \(1\d\dMiB from 1\.2GiB on\)/,
    );
    await terminal.type(KEYS.down);
    await terminal.shows('It was swapped out');
    await terminal.type(KEYS.down);
    const unnamed = await terminal.shows('─ inode 1234 of device 8:1 ─');
    expect(unnamed).toContain('too few faults to tell a pattern');
    expect(unnamed).toContain('no single fault of it has arrived');
  });

  it('shows how much of the file is in memory and since when, or a dash', async () => {
    const view = files({ files: [file('/a', { residency: { atNs: 30e9, residentBytes: 1, sizeBytes: 4 } })] });
    const { terminal, update } = show(snapshot({ files: view }));
    await terminal.type('m');
    expect(await terminal.shows('in memory  25%')).toContain('1B of 4B, 12.5s ago');
    update(snapshot({ files: files({ files: [file('/a', { residency: null })] }) }));
    await terminal.shows('in memory -  not read yet');
    update(snapshot({ files: files({ files: [file('/a', { residency: null, residencyGap: 'slow' })] }) }));
    await terminal.shows('in memory -  so large a file takes too long to ask for');
  });

  it('tells estimates from counts', async () => {
    const estimated = files({ files: [file('/a', { exact: false })], exact: false, unplacedFaults: 2100 });
    const { terminal } = show(snapshot({ files: estimated }));
    await terminal.type('m');
    const text = await terminal.shows('files by fault time: 1-1 of 1, estimated, 2.1k faults in none');
    expect(text).toContain(' ~36.0k ');
    await terminal.type(KEYS.enter);
    await terminal.shows('major faults ~36.0k (estimated)');
  });

  it('says why there are none', async () => {
    const { terminal, update } = show(emptySnapshot());
    await terminal.type('m', KEYS.enter, KEYS.down);
    await terminal.shows('no major fault yet');
    update(snapshot({ files: files({ files: [], unplacedFaults: 12 }) }));
    await terminal.shows('12 major faults, none of which could be laid to a file');
  });

  it('scrolls through those listed of ten thousand, and tells how many more there are', async () => {
    const { terminal } = show(snapshot({ files: manyFiles(10_000) }));
    await terminal.type('m');
    await terminal.shows('files by fault time: 1-13 of 200 +9.8k');
    await terminal.type(KEYS.end);
    expect(await terminal.shows('188-200 of 200')).toMatch(/^>.*file-199 /m);
    await terminal.type(KEYS.pageUp, KEYS.home);
    await terminal.shows('1-13 of 200');
  });

  it('sends nothing but ASCII where the locale is not UTF-8', async () => {
    const { terminal } = show(snapshot(), { env: { TERM: 'xterm-256color', LANG: 'C' } });
    await terminal.type('m', KEYS.down, KEYS.down, KEYS.enter);
    await expect(await terminal.shows('causes of its faults')).toMatchFileSnapshot('expected/file-ascii-80x24.txt');
    expect(terminal.bytes.every((byte) => byte < 0x80)).toBe(true);
  });

  it('says the same without colour, and has no red', async () => {
    const plain = show(snapshot(), { env: { ...UTF8, NO_COLOR: '1' } });
    const coloured = show(snapshot());
    for (const { terminal } of [plain, coloured]) await terminal.type('m', KEYS.down);
    const text = await coloured.terminal.shows(/^>.*cold\.dat/m);
    await plain.terminal.shows(/^>.*cold\.dat/m);
    expect(await plain.terminal.settled()).toBe(text);
    const looks = coloured.terminal.cells
      .slice(2)
      .flat()
      .filter(({ text: own }) => own !== ' ');
    expect(looks.filter(({ look }) => ['1', '9'].includes(look.split(',')[0] ?? ''))).toEqual([]);
  });
});

describe('the main screen', () => {
  it('shows the top files where there is room for them', async () => {
    const { terminal } = show(servingSnapshot(), { columns: 120, rows: 70 });
    expect(await terminal.settled()).toMatch(
      /─ files by fault time: 1-\d of 5 ─.*\n file .*faults by offset\n .*postings\.idx/,
    );
  });
});
