import { afterEach, describe, expect, it } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { KEYS, openScreen, UTF8 } from './screen-terminal.js';
import { emptySnapshot, faultingThread, history, idleThread, manyThreads, snapshot } from './snapshot-builder.js';

type Facts = Parameters<typeof openScreen>[1];
const open = new Set<ReturnType<typeof openScreen>>();

function show(first: Snapshot = snapshot(), facts: Facts = {}) {
  const screen = openScreen(first, facts);
  open.add(screen);
  return screen;
}

afterEach(() => {
  for (const { view } of open) view.destroy();
  open.clear();
});

describe('the main screen', () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 60],
  ])('shows the essentials at %ix%i', async (columns, rows) => {
    const { terminal } = show(snapshot(), { columns, rows });
    await expect(await terminal.settled()).toMatchFileSnapshot(`expected/main-${columns}x${rows}.txt`);
  });

  it('says what is not known with a dash before the first reading', async () => {
    const { terminal } = show(emptySnapshot());
    const text = await terminal.settled();
    await expect(text).toMatchFileSnapshot('expected/empty-80x24.txt');
    expect(text).toContain('coverage    - (traced 0 of -)');
  });

  it('shows a single thread', async () => {
    const { terminal } = show(snapshot({ threads: [faultingThread(9)] }));
    expect(await terminal.shows('1-1 of 1')).toMatch(/> +9 coldmmap/);
  });

  it('says in words that a thread or the target has ended, and how', async () => {
    const base = snapshot();
    const target = { ...base.target, state: { alive: false, exit: { code: null, signal: 'SIGKILL' } } } as const;
    const { terminal } = show({ ...base, target });
    expect(await terminal.shows('ended by SIGKILL')).toMatch(/4715 -\s+ended/);
  });

  it('shows losses with their time, a failed probe set with its reason and what the exact set measured', async () => {
    const base = snapshot();
    const { terminal } = show(
      {
        ...base,
        probes: [
          { set: 'threads', state: 'failed', variant: null, detail: 'bpftrace ended by SIGSEGV' },
          { set: 'entry', state: 'running', variant: 'page_fault_user', detail: null },
        ],
        totals: { ...base.totals, exactFaultLatency: { count: 9, p50Ns: 95_000, p90Ns: 1, p99Ns: 420_000, maxNs: 1 } },
        quality: {
          ...base.quality,
          coverage: { traced: 970, kernel: 1000, fraction: 0.97 },
          lostEvents: 1234,
          droppedRecords: 7,
          notes: [{ atNs: 61e9, text: '1,234 single faults were lost' }],
        },
      },
      { columns: 120, rows: 40 },
    );
    const text = await terminal.shows('01:01  1,234 single faults were lost');
    expect(text).toContain('coverage  97% (traced 970 of 1.0k)  lost 1.2k  dropped 7');
    expect(text).toContain('probes FAILED  exact running p50 95µs p99 420µs');
    expect(text).toContain('FAILED  probe set threads: bpftrace ended by SIGSEGV');
  });

  it('uses no red: that is kept for a full stall', async () => {
    const { terminal } = show(snapshot(), { columns: 200, rows: 60 });
    await terminal.settled();
    const codes = sgrCodes(terminal.bytes);
    expect(codes).toContain('95');
    expect(codes.filter((code) => ['31', '41', '91', '101'].includes(code))).toEqual([]);
  });

  it('sends no colour where NO_COLOR is set, and still marks the chosen row', async () => {
    const { terminal } = show(snapshot(), { columns: 200, rows: 60, env: { ...UTF8, NO_COLOR: '1' } });
    expect(await terminal.settled()).toMatch(/^> +4712/m);
    const codes = new Set(sgrCodes(terminal.bytes));
    expect([...codes].filter((code) => !['', '0', '1', '4', '7'].includes(code))).toEqual([]);
  });

  it('sends nothing but ASCII where the locale is not UTF-8', async () => {
    const threads = [faultingThread(1, { name: '漢字😀é' }), ...snapshot().threads];
    const { terminal } = show(snapshot({ threads }), { env: { TERM: 'xterm-256color', LANG: 'C' } });
    const text = await terminal.settled();
    expect(terminal.bytes.every((byte) => byte < 0x80)).toBe(true);
    await expect(text).toMatchFileSnapshot('expected/ascii-80x24.txt');
  });
});

describe('the fault rate chart', () => {
  it('lets every spike stand on the axis, the one in the last column too, as time goes on', async () => {
    const spikes = history(90).map((point, index) => ({ ...point, majorFaults: index % 7 === 5 ? 10_000 : 0 }));
    const { terminal, update } = show(snapshot({ history: spikes.slice(0, 80) }));
    await terminal.settled();
    for (let points = 81; points <= 90; points += 1) {
      update(snapshot({ history: spikes.slice(0, points) }));
      const rows = (await terminal.settled())
        .split('\n')
        .slice(5, 11)
        .map((line) => line.slice(6, 39));
      for (const [y, row] of rows.slice(1).entries()) {
        const hanging = [...row].filter((text, x) => text === ' ' && (rows[y]?.[x] ?? ' ') !== ' ');
        expect(hanging, `row ${y} at ${points} points`).toEqual([]);
      }
      expect([...(rows[4] ?? '')].filter((text) => text !== ' ').length).toBeGreaterThanOrEqual(8);
    }
  });
});

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

describe('keys', () => {
  it('sorts by the neighbouring column and reverses', async () => {
    const { terminal } = show();
    await terminal.shows('by share of time in major faults');
    await terminal.type('>');
    await terminal.shows('threads by share of time in the run queue');
    await terminal.type('<', '<');
    await terminal.shows('threads by longest fault');
    await terminal.type('r');
    expect(await terminal.shows('threads by longest fault, least first')).toMatch(/> +4712/);
  });

  it('filters by part of a name or of a TID while one types', async () => {
    const { terminal } = show();
    await terminal.type('/', 'M', 'a', 'i');
    expect(await terminal.shows('only "Mai": 1-1 of 1 (5 in all)')).toContain('filter: Mai');
    await terminal.type(KEYS.backspace, KEYS.backspace, KEYS.backspace, '4', '7', '1', '3', KEYS.enter);
    expect(await terminal.shows('? help')).toMatch(/^> +4713/m);
    await terminal.type(KEYS.escape);
    await terminal.shows('1-5 of 5');
  });

  it('treats what is typed into the filter as text, keys too', async () => {
    const { terminal, quits } = show();
    await terminal.type('/', 'q', '{', 'b', '}');
    expect(await terminal.shows('filter: q{b}')).toContain('no thread has this');
    expect(quits).toEqual([]);
    await terminal.type(KEYS.escape);
    await terminal.shows('1-5 of 5');
  });

  it('keeps the choice with its thread when the order changes', async () => {
    const { terminal, update } = show();
    await terminal.type(KEYS.down, 'j');
    await terminal.shows(/^> +4714/m);
    const threads = snapshot().threads.map((thread) =>
      thread.tid === 4714 ? idleThread(4714, { id: '4714' }) : thread,
    );
    update(snapshot({ threads }));
    const text = await terminal.shows(/^> +4714 coldmmap +sleep/m);
    expect(text.indexOf('4714')).toBeGreaterThan(text.indexOf('4715'));
  });

  it('freezes the view on p while the source goes on, and catches up on the next p', async () => {
    const { terminal, update } = show();
    await terminal.type('p');
    const frozen = await terminal.shows('PAUSED');
    update(snapshot({ window: { startedAtMs: 0, startNs: 0n, durationNs: 99e9 } }));
    expect(await terminal.settled()).toBe(frozen);
    await terminal.type(' ');
    expect(await terminal.shows('01:39')).not.toContain('PAUSED');
  });

  it('counts idle time in on i', async () => {
    const { terminal } = show(snapshot(), { columns: 200, rows: 60 });
    expect(await terminal.shows('idle 33% aside')).not.toContain('z sleep');
    await terminal.type('i');
    expect(await terminal.shows('idle 33% in')).toMatch(/z sleep +33%/);
  });

  it("opens one thread's page, with the waits, the account and the latencies", async () => {
    const { terminal } = show();
    await terminal.type(KEYS.down, KEYS.enter);
    await terminal.shows('thread 4713 coldmmap');
    await expect(await terminal.settled()).toMatchFileSnapshot('expected/thread-80x24.txt');
    await terminal.type(KEYS.down, KEYS.down);
    await terminal.shows('latency of disk in pread64');
    await terminal.type(KEYS.escape);
    expect(await terminal.shows('threads by')).toMatch(/^> +4713/m);
  });

  it('lists the longest faults on l', async () => {
    const { terminal } = show();
    await terminal.type('l');
    await terminal.shows('longest major faults, of the 1 in 8 that are sent');
    await expect(await terminal.settled()).toMatchFileSnapshot('expected/longest-80x24.txt');
  });

  it('explains every key and word on ?, and leads back from where it came', async () => {
    const { terminal } = show(snapshot(), { columns: 200, rows: 60 });
    await terminal.type(KEYS.enter, '?');
    await terminal.shows('where thread time goes');
    await expect(await terminal.settled()).toMatchFileSnapshot('expected/help-200x60.txt');
    await terminal.type(KEYS.escape);
    await terminal.shows('waits by cause and system call');
  });

  it('reaches the end of the help on a small screen', async () => {
    const { terminal } = show();
    await terminal.type('?', KEYS.end);
    await terminal.shows("of the thread's life");
  });

  it('leaves quitting to the caller, by q and by Ctrl-C, even while a filter is typed', async () => {
    const { terminal, quits } = show();
    await terminal.type('q', '/', KEYS.ctrlC);
    expect(quits).toHaveLength(2);
  });

  it('switches the exact probe set, or says that it cannot', async () => {
    const switches: true[] = [];
    const { terminal } = show(snapshot(), { actions: { toggleExact: () => switches.push(true) } });
    await terminal.type('x');
    expect(switches).toHaveLength(1);
    const { terminal: replay } = show();
    await replay.type('x');
    await replay.shows('exact entry times cannot be switched here');
  });

  it('shows where the summary was written, or why it was not', async () => {
    const paths = ['/tmp/a.json'];
    const exportSummary = async () => {
      const path = paths.pop();
      if (path !== undefined) return path;
      throw new FaultscopeError({ exitCode: 2, message: 'a.json\x1b[2J exists', hint: 'use --force' });
    };
    const { terminal } = show(snapshot(), { actions: { exportSummary } });
    await terminal.type('e');
    await terminal.shows('summary written to /tmp/a.json');
    await terminal.type('e');
    expect(await terminal.shows('not written: a.json exists: use --force')).toContain('coldmmap[4711]');
  });
});

describe('ten thousand threads', () => {
  it('can be scrolled from end to end', async () => {
    const { terminal } = show(snapshot({ threads: manyThreads(10_000) }));
    await terminal.shows('1-7 of 10000');
    await terminal.type(KEYS.end);
    expect(await terminal.shows('9994-10000 of 10000')).toMatch(/^> .*worker-0 /m);
    await terminal.type(KEYS.pageUp, KEYS.up);
    await terminal.shows('9993-9999 of 10000');
    await terminal.type(KEYS.home);
    await terminal.shows('1-7 of 10000');
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

/** The parameters of every SGR sequence in the output. */
function sgrCodes(bytes: Buffer): string[] {
  return [...bytes.toString('utf8').matchAll(/\x1b\[([\d;]*)m/g)].flatMap(([, codes = '']) => codes.split(';'));
}
