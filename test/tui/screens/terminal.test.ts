import { describe, expect, it } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import { show } from './show.js';
import { snapshot } from './snapshot-builder.js';

describe('a terminal that changes its size', () => {
  it('shows at every size what it would have shown from the start', async () => {
    const { terminal } = show();
    const small = await terminal.settled();
    terminal.resize(200, 60);
    const large = await terminal.settled();
    const { terminal: fresh } = show(snapshot(), { columns: 200, rows: 60 });
    expect(large).toBe(await fresh.settled());
    terminal.resize(80, 24);
    expect(await terminal.settled()).toBe(small);
  });

  it.each([
    [40, 10],
    [10, 3],
    [1, 1],
  ])('does not break at %ix%i and comes back', async (columns, rows) => {
    const { terminal } = show();
    const before = await terminal.settled();
    terminal.resize(columns, rows);
    await terminal.settled();
    if (columns === 40) expect(terminal.text).toContain('too small\nneeds 60x16, has 40x10');
    terminal.resize(80, 24);
    expect(await terminal.settled()).toBe(before);
  });
});

describe('giving the terminal back', () => {
  it('restores the screen, the cursor and the keyboard, once, however often it is asked', async () => {
    const { terminal, view, listeners } = show();
    await terminal.settled();
    expect([terminal.alternate, terminal.input.isRaw, listeners.size]).toEqual([true, true, 1]);
    view.destroy();
    view.destroy();
    await terminal.settled();
    expect([terminal.alternate, terminal.input.isRaw, listeners.size]).toEqual([false, false, 0]);
    expect(terminal.bytes.lastIndexOf('\x1b[?25h')).toBeGreaterThan(terminal.bytes.lastIndexOf('\x1b[?25l'));
    const before = terminal.bytes.length;
    await terminal.type('?');
    expect(terminal.bytes.length).toBe(before);
  });

  it('leaves signals and uncaught exceptions to the caller', async () => {
    const events = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'uncaughtException'] as const;
    const count = () => events.map((event) => process.listenerCount(event));
    const before = count();
    const { view } = show();
    expect(count()).toEqual(before);
    view.destroy();
    expect(count()).toEqual(before);
  });

  it('refuses a terminal that cannot show a screen in one clear line', () => {
    expect(() => show(snapshot(), { env: { TERM: 'dumb' } })).toThrow(FaultscopeError);
  });
});
