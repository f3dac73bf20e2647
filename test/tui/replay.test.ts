import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { recordedCauses } from '../support/recorded-causes.js';
import { Recordings } from '../support/recordings.js';
import { film } from '../unit/replay/film.js';
import { Pty, type PtyOptions } from './pty.js';

const CLI = new URL('../../dist/cli.js', import.meta.url).pathname;

const recordings = new Recordings();
let causes: string;
const open: Pty[] = [];

beforeAll(async () => {
  causes = await recordings.causes();
});
afterAll(() => recordings.remove());
afterEach(() => {
  for (const pty of open.splice(0)) pty.destroy();
});

function terminal(args: readonly string[], options: Partial<PtyOptions> = {}): Pty {
  const pty = new Pty(args, { columns: 80, rows: 24, ...options });
  open.push(pty);
  return pty;
}

function replay(path = causes, options: Partial<PtyOptions> = {}): Pty {
  return terminal(['replay', path], options);
}

/** Read to the end, which is where it stays. */
const AT_END = / paused +00:04 of 00:04 +1x/;

describe.each([
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
])('at $columns x $rows', (size) => {
  test('a recording opens with what the whole session came to, and q gives the terminal back', async () => {
    const pty = replay(causes, size);
    const screen = await pty.shows(AT_END);
    expect(screen).toMatch(/causes\[14658\] +ended +00:04/);
    expect(screen).toMatch(/major faults +13\.3k/);
    expect(screen).toContain('FULL STALL');
    for (const line of pty.lines) expect(line.length).toBeLessThanOrEqual(size.columns);
    pty.type('q');
    expect(await pty.ended()).toBe(0);
    expect(pty.onAlternateScreen).toBe(false);
    expect(pty.bytes).toContain('\x1b[?25h');
    expect(pty.text.trim()).toBe('');
  });
});

test('steps back show earlier figures, and the same steps forward show those of before', async () => {
  const pty = replay();
  const end = await pty.shows(AT_END);
  pty.type(',,,');
  const before = await pty.shows(/ paused +00:03 of 00:04/);
  expect(before).not.toMatch(/major faults +13\.3k/);
  pty.type('...');
  expect(await pty.shows(AT_END)).toBe(end);
});

test('it goes to the start, plays from there at a chosen speed, and pauses at the end', async () => {
  const pty = replay();
  await pty.shows(AT_END);
  pty.type('0');
  await pty.shows(/ paused +00:00 of 00:04/);
  pty.type('---');
  await pty.shows(/ paused +00:00 of 00:04 +1\/4x/);
  pty.type(' ');
  await pty.shows(/ playing +00:01 of 00:04 +1\/4x/);
  pty.type('++++++++++');
  await pty.shows(/ paused +00:04 of 00:04 +max/);
});

test('keys lead to the full stalls, and say where there is none', async () => {
  const pty = replay();
  await pty.shows(AT_END);
  pty.type('n');
  await pty.shows(/no later full stall/);
  pty.type('0');
  await pty.shows(/ paused +00:00 of 00:04/);
  pty.type('N');
  await pty.shows(/no earlier full stall/);
  pty.type('n');
  await pty.shows(/longest \d.* paused +00:0[0-3] of 00:04/s);
});

test('a long recording is on the screen before it is read, and a key stops the reading', async () => {
  const path = await recordings.write('long.fscope', film(30_000).flat());
  const pty = replay(path);
  await pty.shows(/ seeking +\d+% .* of 8:20:00/);
  pty.type('p');
  await pty.shows(/ paused +\d+:\d\d:\d\d of 8:20:00| paused +\d\d:\d\d of 8:20:00/);
  pty.type('q');
  expect(await pty.ended()).toBe(0);
});

test.each([
  { how: 'Ctrl-C', end: (pty: Pty) => pty.type('\x03'), code: 0 },
  { how: 'SIGTERM', end: (pty: Pty) => pty.kill('SIGTERM'), code: 143 },
  { how: 'SIGHUP', end: (pty: Pty) => pty.kill('SIGHUP'), code: 129 },
])('$how gives the terminal back with exit code $code', async ({ end, code }) => {
  const pty = replay();
  await pty.shows(AT_END);
  end(pty);
  expect(await pty.ended()).toBe(code);
  expect(pty.onAlternateScreen).toBe(false);
});

test('a key writes the summary of the moment that is shown', async () => {
  const pty = terminal(
    ['-c', 'cd "$1" && exec "$2" "$3" replay "$4"', 'sh', recordings.directory, process.execPath, CLI, causes],
    {
      file: '/bin/sh',
      columns: 120,
    },
  );
  await pty.shows(AT_END);
  pty.type(',,,');
  await pty.shows(/ paused +00:03 of 00:04/);
  pty.type('e');
  await pty.shows(/summary written to faultscope-14658-/);
  const name = readdirSync(recordings.directory).find((entry) => entry.endsWith('.json')) ?? '';
  const { window, totals } = JSON.parse(readFileSync(`${recordings.directory}/${name}`, 'utf8'));
  expect(window.durationNs).toBeLessThan(4e9);
  expect(totals.majorFaults).toBeLessThan(13_309);
});

test('needs no privileges, and no /proc', async () => {
  const script = 'mount -t tmpfs none /proc && exec setpriv --bounding-set=-all --inh-caps=-all "$1" "$2" replay "$3"';
  const pty = terminal(['-m', 'sh', '-c', script, 'sh', process.execPath, CLI, causes], { file: '/usr/bin/unshare' });
  await pty.shows(AT_END);
  pty.type('q');
  expect(await pty.ended()).toBe(0);
});

test('a recording that is cut off is shown as far as it goes, and says so, also after q', async () => {
  const path = await recordings.write('cut.fscope', recordedCauses());
  truncateSync(path, readFileSync(path).length - 100);
  const pty = replay(path);
  const screen = await pty.shows(/ paused /);
  expect(screen).toMatch(/the recording: it breaks off after/);
  pty.type('q');
  expect(await pty.ended()).toBe(0);
  expect(pty.text.replaceAll('\n', '')).toMatch(/^faultscope: warning: .*cut\.fscope: it breaks off after/);
});

test('names that were made to break a terminal stay in their cells', async () => {
  const name = '\x1b[2J{red-fg}x\u202e\n\x9b31m';
  const hostile = recordedCauses().map((record) => {
    if (record.kind === 'thread') return { ...record, name };
    return record.kind === 'session' ? { ...record, target: { ...record.target, comm: name, exe: name } } : record;
  });
  const path = await recordings.write('hostile.fscope', hostile);
  const pty = replay(path, { columns: 120, rows: 40 });
  const screen = await pty.shows(AT_END);
  expect(screen).toContain('{red-fg}x [14658]');
  expect(screen).toMatch(/^[ >]+\d+ \{red-fg\}x /m);
  expect(pty.bytes).not.toContain('\x1b[2J{');
  for (const line of pty.lines) expect(line.length).toBeLessThanOrEqual(120);
});

test('what is no recording gets one line and no screen', async () => {
  const pty = replay('/etc/passwd');
  expect(await pty.ended()).toBe(2);
  expect(pty.lines.filter((line) => line !== '')).toEqual([
    'faultscope: /etc/passwd is no recording: name a file that faultscope record has',
    'made',
  ]);
});
