import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readRecording } from '../kernel/recording/read.js';
import { bpftracesOf } from '../kernel/support/processes.js';
import { Pty, type PtyOptions } from './pty.js';
import { Workload } from './workload.js';

/** For what comes at once on a quiet machine. */
const PATIENT = { timeout: 20_000 };

let target: Workload;
const open: Pty[] = [];

beforeAll(async () => {
  target = await Workload.start('coldmmap');
});
afterAll(() => target.end());
afterEach(() => {
  for (const pty of open.splice(0)) pty.destroy();
});

function faultscope(args: readonly string[], options: Partial<PtyOptions> = {}): Pty {
  const pty = new Pty(args, { columns: 80, rows: 24, ...options });
  open.push(pty);
  return pty;
}

function watchTarget(options: Partial<PtyOptions> = {}): Pty {
  return faultscope(['--pid', String(target.pid)], options);
}

/** A row of the thread table with faults in it. */
const FAULTING_READER = /^[ >]+\d+ reader .* \d+(\.\d)?[kM]? /m;

/** Processes that work in this directory. */
function processesIn(directory: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === directory;
    } catch {
      return false;
    }
  });
}

async function noBpftraceLeft(): Promise<void> {
  await expect.poll(() => bpftracesOf(target.pid), { timeout: 3000 }).toEqual([]);
}

describe.each([
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
])('at $columns x $rows', (size) => {
  test('the threads of a real process are seen stuck in major faults', async () => {
    const pty = watchTarget(size);
    await pty.shows(FAULTING_READER);
    const screen = await pty.shows(/coverage (>99|100|9\d)%/);
    expect(screen).toContain(`coldmmap[${target.pid}]`);
    for (const line of pty.lines) expect(line.length).toBeLessThanOrEqual(size.columns);
    pty.type('q');
    expect(await pty.ended()).toBe(0);
    expect(pty.onAlternateScreen).toBe(false);
  });
});

test('keys lead to the page of keys, to one thread and back, and pause freezes the figures', async () => {
  const pty = watchTarget();
  await pty.shows(FAULTING_READER);
  pty.type('?');
  await pty.shows(/freeze the view/);
  pty.type('\x1b');
  await pty.shows(FAULTING_READER);
  pty.type('\r');
  await pty.shows(/latency of major faults/);
  pty.type('\x1b');
  await pty.shows(FAULTING_READER);
  pty.type('p');
  const paused = await pty.shows(/PAUSED/);
  await sleep(1500);
  expect(pty.text).toBe(paused);
});

test('a filter shows only the threads that match', async () => {
  const pty = watchTarget();
  await pty.shows(FAULTING_READER);
  pty.type('/');
  for (const key of 'sleeper') pty.type(key);
  pty.type('\r');
  await pty.shows(/^[ >]+\d+ sleeper /m);
  await expect.poll(() => pty.text, PATIENT).not.toMatch(/^[ >]+\d+ reader /m);
});

test('the screen follows the terminal to another size and back', async () => {
  const pty = watchTarget();
  await pty.shows(FAULTING_READER);
  const before = pty.lines.length;
  pty.resize(160, 50);
  await pty.shows(/longest/);
  for (const line of pty.lines) expect(line.length).toBeLessThanOrEqual(160);
  pty.resize(80, 24);
  await pty.shows(FAULTING_READER);
  expect(pty.lines.length).toBe(before);
});

test('a key writes the summary to a file that only its owner can read', async () => {
  const directory = mkdtempSync('/tmp/faultscope-export-');
  const pty = new Pty(
    ['-c', 'cd "$1" && exec "$2" "$3" --pid "$4"', 'sh', directory, process.execPath, CLI, `${target.pid}`],
    {
      columns: 120,
      rows: 40,
      file: '/bin/sh',
    },
  );
  open.push(pty);
  await pty.shows(FAULTING_READER);
  pty.type('e');
  const screen = await pty.shows(/faultscope-\d+-[-\dT]+\.json/);
  const name = /faultscope-\d+-[-\dT]+\.json/.exec(screen)?.[0] ?? '';
  const path = join(directory, name);
  await expect.poll(() => existsSync(path), PATIENT).toBe(true);
  expect(JSON.parse(readFileSync(path, 'utf8')).target.pid).toBe(target.pid);
  rmSync(directory, { recursive: true });
});

const CLI = new URL('../../dist/cli.js', import.meta.url).pathname;

test('NO_COLOR is honoured and LANG=C gets plain ASCII', async () => {
  const pty = watchTarget({ env: { NO_COLOR: '1', LANG: 'C' } });
  await pty.shows(FAULTING_READER);
  // biome-ignore lint/complexity/useRegexLiterals: a control character
  expect(pty.bytes).not.toMatch(new RegExp('\\x1b\\[[0-9;]*(3[0-7]|4[0-7]|38;5)[;m]'));
  expect(pty.bytes).toMatch(/^[\x00-\x7f]*$/);
});

describe('however it ends, the terminal is given back and no bpftrace stays', () => {
  test.each([
    { how: 'q', end: (pty: Pty) => pty.type('q'), code: 0 },
    { how: 'Ctrl-C', end: (pty: Pty) => pty.type('\x03'), code: 0 },
    { how: 'SIGTERM', end: (pty: Pty) => pty.kill('SIGTERM'), code: 143 },
    { how: 'SIGHUP', end: (pty: Pty) => pty.kill('SIGHUP'), code: 129 },
  ])('$how: exit code $code, the last figures stay on the terminal', async ({ end, code }) => {
    const pty = watchTarget();
    await pty.shows(FAULTING_READER);
    end(pty);
    expect(await pty.ended()).toBe(code);
    expect(pty.onAlternateScreen).toBe(false);
    expect(pty.text).toMatch(/major faults/);
    expect(pty.bytes).toContain('\x1b[?25h');
    await noBpftraceLeft();
  });

  test('kill -9: no bpftrace is left within three seconds', async () => {
    const pty = watchTarget();
    await pty.shows(FAULTING_READER);
    expect(bpftracesOf(target.pid)).not.toEqual([]);
    pty.kill('SIGKILL');
    await pty.ended();
    await noBpftraceLeft();
  });

  test.each([
    { how: 'with the signal that goes with it', before: 'exec' },
    { how: 'without a signal, in a session of another terminal', before: 'setsid --wait' },
  ])(
    'its terminal disappears $how: it ends, no bpftrace is left, and what it recorded is whole',
    async ({ before }) => {
      const directory = mkdtempSync('/tmp/faultscope-hangup-');
      const command = `cd "$0" && ${before} "$1" "$2" --pid "$3"`;
      const argv = ['-c', command, directory, process.execPath, CLI, `${target.pid}`];
      const pty = new Pty(argv, { columns: 120, rows: 40, file: '/bin/sh' });
      open.push(pty);
      await pty.shows(FAULTING_READER);
      pty.type('R');
      await pty.shows(/REC [1-9][\d.]*KiB/);
      const [name = ''] = readdirSync(directory);
      const faultscopes = () => processesIn(directory);
      expect(faultscopes()).not.toEqual([]);
      pty.hangUp();
      await expect.poll(faultscopes, { timeout: 15_000 }).toEqual([]);
      await noBpftraceLeft();
      const { snapshot, warnings, records } = readRecording(join(directory, name));
      expect(warnings).toEqual([]);
      expect(snapshot.totals.majorFaults).toBeGreaterThan(0);
      expect(records.at(-1)?.kind).toBe('end');
      rmSync(directory, { recursive: true });
    },
  );

  test('bpftrace dies: the screen says so, figures stay readable, q ends with code 1', async () => {
    const pty = watchTarget();
    await pty.shows(FAULTING_READER);
    for (const pid of bpftracesOf(target.pid)) process.kill(pid, 'SIGKILL');
    await pty.shows(/failed/i);
    pty.type('q');
    expect(await pty.ended()).toBe(1);
    expect(pty.onAlternateScreen).toBe(false);
    expect(pty.text).toMatch(/faultscope: tracing ended early/);
  });

  test('the target dies: its rows stay, marked ended, until q', async () => {
    const mortal = await Workload.start('coldmmap');
    const pty = faultscope(['--pid', String(mortal.pid)]);
    await pty.shows(FAULTING_READER);
    mortal.end();
    expect(await pty.shows(/ended/)).toMatch(FAULTING_READER);
    pty.type('q');
    expect(await pty.ended()).toBe(0);
    expect(pty.onAlternateScreen).toBe(false);
  });
});

test('thread names cannot leave their cell, whatever they hold', async () => {
  const hostile = await Workload.start('hostilenames');
  try {
    const pty = faultscope(['--pid', String(hostile.pid)], { columns: 120, rows: 40 });
    const screen = await pty.shows(/\{red-fg\}/);
    expect(screen).toContain(`[${hostile.pid}]`);
    for (const line of pty.lines) expect(line.length).toBeLessThanOrEqual(120);
    pty.type('q');
    expect(await pty.ended()).toBe(0);
  } finally {
    hostile.end();
  }
});

test('a program that renames threads and files, and ends and starts threads, as fast as it can, draws nothing itself', async () => {
  const directory = mkdtempSync('/var/tmp/faultscope-storm-');
  const storm = await Workload.start('hostilestorm', ['--dir', directory, '--threads', '500']);
  try {
    const pty = faultscope(['--pid', String(storm.pid)], { columns: 120, rows: 40 });
    await pty.shows(/^[ >]+\d+ .* \d+(\.\d)?[kM]? /m);
    pty.type('m');
    await pty.shows(/faultscope-storm-/);
    pty.type('q');
    expect(await pty.ended()).toBe(0);
    // Its names hold these; faultscope has no use for them.
    for (const sequence of ['\x1b]0;owned', '\x1b[2J\x1b[H\x1b', '\x1bP1$r', '\u009b31m', '\u202e']) {
      expect(pty.bytes).not.toContain(sequence);
    }
    await expect.poll(() => bpftracesOf(storm.pid), { timeout: 3000 }).toEqual([]);
  } finally {
    storm.end();
    rmSync(directory, { recursive: true, force: true });
  }
});

test('without a pid the picker offers processes by their major fault rate, and Enter observes one', async () => {
  const pty = faultscope([]);
  await pty.shows(/coldmmap/);
  pty.type('/');
  for (const key of String(target.pid)) pty.type(key);
  const rows = () => pty.lines.filter((line) => /^[ >]+\d+ /.test(line));
  await expect.poll(() => rows().length, PATIENT).toBe(1);
  expect(rows()[0]).toContain(` ${target.pid} `);
  pty.type('\r');
  await pty.shows(FAULTING_READER);
  pty.type('q');
  expect(await pty.ended()).toBe(0);
});

describe('while a process is being picked', () => {
  test.each([
    { how: 'q', end: (pty: Pty) => pty.type('q'), code: 0 },
    { how: 'Ctrl-C', end: (pty: Pty) => pty.type('\x03'), code: 0 },
    { how: 'SIGTERM', end: (pty: Pty) => pty.kill('SIGTERM'), code: 143 },
  ])('$how gives the terminal back with exit code $code', async ({ end, code }) => {
    const pty = faultscope([]);
    await pty.shows(/coldmmap/);
    end(pty);
    expect(await pty.ended()).toBe(code);
    expect(pty.onAlternateScreen).toBe(false);
  });
});

test('an internal error gives the terminal back, says so in one line and ends with code 1', async () => {
  const dist = new URL('../../dist', import.meta.url).pathname;
  const crash = `
    const { Exits } = await import('${dist}/commands/exits.js');
    const { openPicker } = await import('${dist}/tui/picker.js');
    const leaving = new AbortController();
    new Exits().onExit(() => leaving.abort());
    openPicker({ processes: { rows: () => [], onChange: () => () => {} }, env: process.env, signal: leaving.signal });
    setTimeout(() => { throw new Error('broken\\n\\x1b[2J inside'); }, 1000);
    setInterval(() => {}, 1000);`;
  const pty = new Pty([process.execPath, '--input-type=module', '-e', crash], {
    columns: 80,
    rows: 24,
    file: '/usr/bin/env',
  });
  open.push(pty);
  await expect.poll(() => pty.onAlternateScreen, PATIENT).toBe(true);
  expect(await pty.ended()).toBe(1);
  expect(pty.onAlternateScreen).toBe(false);
  expect(pty.lines.filter((line) => line !== '')).toEqual([
    'faultscope: internal error: broken  inside (FAULTSCOPE_DEBUG=1 shows more)',
  ]);
});

test('a key begins and ends a recording in mid-session, and the header says that it goes on', async () => {
  const directory = mkdtempSync('/tmp/faultscope-key-');
  const pty = new Pty(
    ['-c', 'cd "$1" && exec "$2" "$3" --pid "$4"', 'sh', directory, process.execPath, CLI, `${target.pid}`],
    { columns: 120, rows: 40, file: '/bin/sh' },
  );
  open.push(pty);
  await pty.shows(FAULTING_READER);
  pty.type('R');
  const screen = await pty.shows(/recording to faultscope-\d+-[-\dT]+\.fscope/);
  const name = /faultscope-\d+-[-\dT]+\.fscope/.exec(screen)?.[0] ?? '';
  await pty.shows(/REC [1-9][\d.]*KiB/);
  // Two more intervals, so that faults are in it.
  await sleep(2500);
  pty.type('R');
  await pty.shows(/KiB recorded to faultscope-/);
  await expect.poll(() => pty.text, PATIENT).not.toMatch(/REC /);
  const { snapshot, warnings } = readRecording(join(directory, name));
  expect(warnings).toEqual([]);
  expect(snapshot.totals.majorFaults).toBeGreaterThan(0);
  expect(snapshot.threads.some((thread) => thread.name === 'reader')).toBe(true);
  pty.type('R');
  await pty.shows(/recording to/);
  pty.type('q');
  expect(await pty.ended()).toBe(0);
  expect(pty.text).toMatch(/faultscope: .*B recorded to faultscope-/);
  rmSync(directory, { recursive: true });
  await noBpftraceLeft();
});
