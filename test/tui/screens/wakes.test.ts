import { describe, expect, it } from 'vitest';
import { chainView, wakersView, wakeView } from '../../support/wakers-view.js';
import { KEYS, UTF8 } from './screen-terminal.js';
import { show } from './show.js';
import { faultingThread, snapshot } from './snapshot-builder.js';

const RUNNING = { set: 'wakers', state: 'running', variant: 'raw tracepoint, interrupts told', detail: null } as const;
const told = (facts = {}) => snapshot({ probes: [...snapshot().probes, RUNNING], wakers: wakersView(facts) });

describe('the page of wakers', () => {
  it.each([
    [60, 16],
    [80, 24],
    [200, 60],
  ])('shows locks behind faults and who ended the waits at %ix%i', async (columns, rows) => {
    const { terminal } = show(told(), { columns, rows });
    await terminal.type('w');
    await expect(await terminal.settled()).toMatchFileSnapshot(`expected/wakes-${columns}x${rows}.txt`);
  });

  it('says how to start the set where it does not run', async () => {
    const { terminal } = show(snapshot());
    await terminal.type('w');
    await terminal.shows('W starts the probe set wakers');
  });

  it('says that there is no such lock, and for Go that this is not told', async () => {
    const { terminal, update } = show(told({ chains: [], lockBehindFaultNs: 0 }));
    await terminal.type('w');
    await terminal.shows('none, of 2.0s of lock waits');
    update(told({ chains: [], chainsTold: false }));
    await terminal.shows('not told for Go');
  });

  it('shows the waits of the threads that pass the filter', async () => {
    const threads = [faultingThread(4712, { name: 'reader-1' }), faultingThread(4713, { name: 'worker-3' })];
    const { terminal } = show({ ...told(), threads });
    await terminal.settled();
    await terminal.type('/', ...'worker', KEYS.enter, 'w');
    const text = await terminal.shows('of threads like worker');
    expect(text).toMatch(/worker-3 .*lock/);
    expect(text).not.toMatch(/reader-1 +fault/);
  });

  it('sets idle waits aside until i shows them', async () => {
    const { terminal } = show(told());
    await terminal.type('w');
    expect(await terminal.shows('idle waits aside: 9.0s in all')).not.toMatch(/worker-3 +poll/);
    await terminal.type('i');
    await terminal.shows(/worker-3 +poll/);
  });

  it('sends no colour where NO_COLOR is set, and nothing but ASCII where the locale is not UTF-8', async () => {
    const plain = show(told(), { env: { ...UTF8, NO_COLOR: '1' } });
    await plain.terminal.type('w');
    await plain.terminal.shows('locks held by threads in a major fault');
    expect(plain.terminal.bytes.toString('utf8')).not.toMatch(/\x1b\[(?:\d+;)*3[0-7]m|\x1b\[38/);
    const ascii = show(told(), { env: { TERM: 'xterm-256color', LANG: 'C' } });
    await ascii.terminal.type('w');
    await ascii.terminal.shows('locks held by threads in a major fault');
    expect(ascii.terminal.bytes.every((byte) => byte < 0x80)).toBe(true);
  });

  it.each(['{red-fg}x{/}', 'a\x1b[2Jb', 'a\nb\rc', '漢字漢字漢字漢字漢字', 'abc\u202edef', '😀👩‍👩‍👧', ''])(
    'keeps its columns and rows whatever processes and threads are named: %j',
    async (name) => {
      const page = async (text: string): Promise<string[]> => {
        const wakes = [wakeView({ threadName: text }), wakeView({ waker: 'process', wakerId: 7, wakerName: text })];
        const thread = { tid: 4712, name: text };
        const { terminal } = show(told({ wakes, chains: [chainView({ holder: thread, faulter: thread })] }));
        await terminal.type('w');
        return (await terminal.shows('who ended the waits')).split('\n');
      };
      const [hostile, plain] = [await page(name), await page('plain')];
      const figures = (lines: string[]) => lines.map((line) => /( +\S+){4}$/.exec(line)?.[0]).slice(-14);
      expect(figures(hostile)).toEqual(figures(plain));
      expect(hostile).toHaveLength(plain.length);
    },
  );
});
