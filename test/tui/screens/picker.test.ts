import { describe, expect, it } from 'vitest';
import type { ProcessRow } from '../../../src/host/processes.js';
import { openPicker } from '../../../src/tui/picker.js';
import { KEYS, ScreenTerminal, UTF8 } from './screen-terminal.js';

function row(pid: number, comm: string, majorFaultRateHz: number | null, facts: Partial<ProcessRow> = {}): ProcessRow {
  return {
    pid,
    comm,
    cmdline: `/usr/bin/${comm} --serve`,
    majorFaultRateHz,
    majorFaults: pid * 3,
    threads: 4,
    rssBytes: 12e6,
    ...facts,
  };
}

const ROWS = [row(10, 'sshd', 0), row(20, 'coldmmap', 8600), row(30, 'postgres', 12.5), row(40, 'new', null)];

function openOn(first: readonly ProcessRow[], columns = 80, rows = 24, env: NodeJS.ProcessEnv = UTF8) {
  const terminal = new ScreenTerminal(columns, rows);
  let current = first;
  const listeners = new Set<() => void>();
  const leaving = new AbortController();
  const picked = openPicker({
    processes: {
      rows: () => current,
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    input: terminal.input,
    output: terminal.output as unknown as NodeJS.WritableStream,
    env,
    signal: leaving.signal,
  });
  const update = (next: readonly ProcessRow[]) => {
    current = next;
    for (const listener of listeners) listener();
  };
  return { terminal, picked, update, listeners };
}

describe('the process picker', () => {
  it('lists the worst rate first, and what is not known last', async () => {
    const { terminal, picked } = openOn(ROWS);
    await expect(await terminal.settled()).toMatchFileSnapshot('expected/picker-80x24.txt');
    await terminal.type(KEYS.enter);
    expect(await picked).toBe(20);
  });

  it('restores the terminal and stops listening once a process is picked', async () => {
    const { terminal, picked, listeners } = openOn(ROWS);
    await terminal.shows('coldmmap');
    await terminal.type(KEYS.enter);
    await picked;
    await terminal.settled();
    expect([terminal.alternate, terminal.input.isRaw, listeners.size]).toEqual([false, false, 0]);
  });

  it('keeps the choice with its process while the order moves', async () => {
    const { terminal, picked, update } = openOn(ROWS);
    await terminal.shows('coldmmap');
    await terminal.type(KEYS.down);
    await terminal.shows(/^> +30/m);
    update([row(30, 'postgres', 0), row(20, 'coldmmap', 5), row(10, 'sshd', 9000)]);
    await terminal.shows(/^> +30 +0 /m);
    await terminal.type(KEYS.enter);
    expect(await picked).toBe(30);
  });

  it('filters while one types, with or without a slash, q included', async () => {
    const { terminal, picked } = openOn([...ROWS, row(50, 'qemu', 1)]);
    await terminal.type('/', 'q', 'e');
    await terminal.shows('1-1 of 1');
    await terminal.type(KEYS.escape);
    await terminal.shows('1-5 of 5');
    await terminal.type('P', 'o', 's');
    await terminal.shows(/^> +30/m);
    await terminal.type(KEYS.enter);
    expect(await picked).toBe(30);
  });

  it.each([
    ['q', 'q'],
    ['Esc', KEYS.escape],
    ['Ctrl-C', KEYS.ctrlC],
  ])('gives null on %s', async (_name, key) => {
    const { terminal, picked } = openOn(ROWS);
    await terminal.shows('coldmmap');
    await terminal.type(key);
    expect(await picked).toBeNull();
  });

  it('picks nothing where nothing is listed', async () => {
    const { terminal, picked, update } = openOn([]);
    await terminal.type(KEYS.enter);
    update(ROWS);
    await terminal.shows('coldmmap');
    await terminal.type(KEYS.enter);
    expect(await picked).toBe(20);
  });

  it('does not let a command line out of its row', async () => {
    const hostile = row(60, '\x1b[2J\n', 9e4, { cmdline: `{red-fg}\x1b]0;x\x07\n漢${'x'.repeat(3000)}` });
    const { terminal, picked } = openOn([...ROWS, hostile]);
    const text = await terminal.settled();
    expect(text.split('\n')[2]).toMatch(/^> {5}60 +90\.0k.*\{red-fg\} 漢x+~$/);
    expect(text).toMatch(/^ {6}20 +8\.6k/m);
    await terminal.type('q');
    await picked;
  });

  it('does not break on a tiny screen', async () => {
    const { terminal, picked } = openOn(ROWS, 20, 2);
    await terminal.settled();
    await terminal.type('q');
    expect(await picked).toBeNull();
  });
});
