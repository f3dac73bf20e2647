import { afterEach, describe, expect, it } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { ALL_CLEAR, NOTHING_DIAGNOSED } from './diagnosis-builder.js';
import { KEYS, openScreen, type ScreenTerminal, UTF8 } from './screen-terminal.js';
import {
  CALM,
  emptySnapshot,
  faultingThread,
  history,
  idleThread,
  manyThreads,
  servingSnapshot,
  snapshot,
  stalls,
} from './snapshot-builder.js';

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
    [60, 16],
    [80, 24],
    [120, 40],
    [200, 60],
  ])('shows the essentials at %ix%i', async (columns, rows) => {
    const { terminal } = show(servingSnapshot(), { columns, rows });
    await expect(await terminal.settled()).toMatchFileSnapshot(`expected/main-${columns}x${rows}.txt`);
  });

  it('says what is not known with a dash before the first reading', async () => {
    const { terminal } = show(emptySnapshot(), { diagnosis: NOTHING_DIAGNOSED });
    const text = await terminal.settled();
    await expect(text).toMatchFileSnapshot('expected/empty-80x24.txt');
    expect(text).toContain('coverage    -  lost 0');
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
      { columns: 120, rows: 60 },
    );
    const text = await terminal.shows('01:01  1,234 single faults were lost');
    expect(text).toMatch(/probes FAILED +coverage +97% .*lost 1.2k +dropped 7 .*exact running/);
    expect(text).toContain('exact p50 95µs p99 420µs  threads: bpftrace ended by SIGSEGV  entry: page_fault_user');
    expect(text).toMatch(/FAILED( \(\+1\))? {2}probe set threads: bpftrace ended by SIGSEGV/);
  });

  it('tells a failure even where there is one row for all notes', async () => {
    const probes = [{ set: 'threads', state: 'failed', variant: null, detail: 'bpftrace ended by SIGSEGV' }] as const;
    const { terminal } = show(snapshot({ probes }));
    await terminal.shows(' FAILED (+1)  probe set threads: bpftrace ended by SIGSEGV');
  });

  it('is red where it tells of full stalls and nowhere else', async () => {
    const { terminal } = show(servingSnapshot(), { columns: 200, rows: 60 });
    const lines = (await terminal.settled()).split('\n');
    const red = redCells(terminal);
    for (const [y, text] of red.entries()) {
      if (text !== '') expect(lines[y]).toMatch(/FULL STALL|full stall|STALL|^ +0│|^ +│|^ +00:3\d\.\d{3} /);
    }
    expect(red.join('')).toContain('FULLSTALL55%ofthelast10s');
    expect(red.join('')).toMatch(/[\u2801-\u28ff]/);
  });

  it('has no red at all while nothing stalls, not on a base line either', async () => {
    const calm = history(85).map((point) => ({
      ...point,
      level: { sampledNs: 499e6, levelTimeNs: 0, fullNs: 0, lostNs: 0 },
    }));
    const healthy = servingSnapshot({ history: calm, stalls: stalls(CALM) });
    for (const facts of [
      { columns: 200, rows: 60 },
      { columns: 80, rows: 24 },
      { columns: 60, rows: 16 },
    ]) {
      const { terminal } = show(healthy, { ...facts, diagnosis: ALL_CLEAR });
      expect(await terminal.settled()).toContain('no full stall: 0%');
      expect(redCells(terminal).join('')).toBe('');
    }
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

describe('the gauge', () => {
  it.each([
    [{ go: 'go', capacity: 2, level: 1.5 }, 80, ' P [██][█ ]  FULL STALL'],
    [{ go: 'go', capacity: 4, level: 0 }, 80, ' P [  ][  ][  ][  ]  FULL STALL'],
    [{ go: 'go', capacity: 64, level: 16 }, 80, '] 16 of 64  FULL STALL'],
    [{ go: 'node', capacity: 1, level: 1 }, 80, ' loop [██]  FULL STALL'],
    [{ go: 'native', capacity: 3, level: null }, 80, ' threads [- ][- ][- ]  FULL STALL'],
    [
      { go: 'native', capacity: null, level: 2.5 },
      80,
      ' threads 2.5  stuck in major faults at once; --capacity N tells full stalls',
    ],
    [{ go: 'native', capacity: null, level: null }, 60, ' threads -  stuck at once; --capacity N tells full stalls'],
  ] as const)('reads %j at %i columns as "%s"', async ({ go: kind, capacity, level }, columns, expected) => {
    const now = level === null ? null : { level, fullFraction: 0.4 };
    const base = snapshot({ stalls: stalls({ capacity, now }) });
    const runtime = base.runtime === null ? null : { ...base.runtime, kind, capacity };
    const { terminal } = show({ ...base, runtime }, { columns });
    expect((await terminal.settled()).split('\n')[1]).toContain(expected);
  });

  it('says in words when no full stall was seen, and that nothing was sampled yet', async () => {
    const { terminal, update } = show(snapshot({ stalls: stalls(CALM) }));
    await terminal.shows('no full stall: 0% of the last 10s, 0% now, longest -');
    update(snapshot({ stalls: null }));
    await terminal.shows('full stalls - (not sampled yet)');
  });

  it('is no alarm where full stalls take less than a hundredth of the time', async () => {
    const few = stalls({ recentFullFraction: 0.004, now: { level: 0.1, fullFraction: 0 } });
    const { terminal } = show(snapshot({ stalls: few }), { diagnosis: ALL_CLEAR });
    await terminal.shows('full stall <1% of the last 10s, 0% now');
    expect(redCells(terminal)[1]).toBe('');
  });
});

describe('the findings on the main screen', () => {
  it('say that nothing is wrong with the figures that say so', async () => {
    const { terminal } = show(snapshot(), { diagnosis: ALL_CLEAR });
    const text = await terminal.shows('findings: none');
    expect(text).toContain(' Nothing to report: 12 major faults in 42s, at no time were both Ps stuck.');
  });
});

describe('a plot', () => {
  it('lets every spike stand on the axis, the one in the last column too, as time goes on', async () => {
    const spikes = history(90).map((point, index) => ({
      ...point,
      level: { sampledNs: 5e8, levelTimeNs: 0, fullNs: index % 7 === 5 ? 5e8 : 0, lostNs: 0 },
    }));
    const facts = { columns: 80, rows: 40 };
    const { terminal, update } = show(snapshot({ history: spikes.slice(0, 80) }), facts);
    await terminal.settled();
    for (let points = 81; points <= 90; points += 1) {
      update(snapshot({ history: spikes.slice(0, points) }));
      const lines = (await terminal.settled()).split('\n');
      const first = lines.findIndex((line) => line.startsWith('full stall'));
      const last = lines.findIndex((line, y) => y >= first && line.trimStart().startsWith('0│'));
      const rows = lines.slice(first, last + 1).map((line) => line.slice(18, 39));
      expect(rows.length).toBeGreaterThan(1);
      for (const [y, row] of rows.slice(1).entries()) {
        const hanging = [...row].filter((text, x) => text === ' ' && (rows[y]?.[x] ?? ' ') !== ' ');
        expect(hanging, `row ${y} at ${points} points`).toEqual([]);
      }
      const risen = [...(rows[0] ?? '')].filter((text) => text !== ' ');
      expect(risen.length).toBeGreaterThanOrEqual(4);
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

  it.each([
    ['s', 'symptoms', 'stalls, faults, process, host, requests'],
    ['f', 'stalls', 'longest full stalls of 1ms or more'],
    ['o', 'goroutines', 'start functions by the fault time of their goroutines'],
    ['d', 'findings', 'findings: 2, what matters most first'],
  ])('opens a page on %s and closes it on the same key or Esc', async (key, name, title) => {
    const { terminal } = show(servingSnapshot());
    const main = await terminal.settled();
    await terminal.type(key);
    await terminal.shows(title);
    await expect(await terminal.settled()).toMatchFileSnapshot(`expected/${name}-80x24.txt`);
    await terminal.type(key);
    await terminal.shows('threads by');
    await terminal.type(key);
    await terminal.shows(title);
    await terminal.type(KEYS.escape);
    await terminal.shows('threads by');
    expect(await terminal.settled()).toBe(main);
  });

  it('shows the whole page of findings on a tall screen, what-if and assumptions too, and scrolls to it on a small one', async () => {
    const { terminal } = show(snapshot(), { columns: 100, rows: 40 });
    await terminal.type('d');
    await terminal.shows('assumed');
    await expect(await terminal.settled()).toMatchFileSnapshot('expected/findings-100x40.txt');
    const { terminal: small } = show(snapshot());
    await small.type('d', KEYS.end);
    await small.shows('Goroutines run 12us between faults');
  });

  it('starts and stops the requests on n, or says that it cannot', async () => {
    const switches: true[] = [];
    const { terminal } = show(snapshot(), { actions: { toggleRequests: () => switches.push(true) } });
    await terminal.type('n', 's', 'n');
    expect(switches).toHaveLength(2);
    expect(await terminal.settled()).toContain('requests: n starts measuring the service time of all requests');
    const { terminal: replay } = show();
    await replay.type('n');
    await replay.shows('requests cannot be switched here');
  });

  it('says why requests cannot be measured, and why goroutines cannot be told', async () => {
    const base = snapshot();
    const detail = 'this kernel has no tracepoint sock:sock_recv_length (6.3 and later have it)';
    const probes = [...base.probes.slice(0, 2), { set: 'requests', state: 'failed', variant: null, detail } as const];
    const runtime =
      base.runtime === null
        ? null
        : { ...base.runtime, goroutines: false, goroutineDetail: 'runtime.allgs was not found' };
    const { terminal } = show({ ...base, probes, runtime, goroutines: null }, { columns: 120, rows: 40 });
    const text = await terminal.shows('requests: FAILED');
    expect(text).toContain('service times cannot be measured: this kernel has no');
    expect(text).toMatch(/goroutines: not told/);
    await terminal.type('o');
    await terminal.shows('runtime.allgs was not found');
    const { terminal: native } = show(snapshot({ runtime: null, goroutines: null }));
    await native.type('o');
    await native.shows('the runtime has not been looked at yet');
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
    await terminal.shows('1-5 of 10000');
    await terminal.type(KEYS.end);
    expect(await terminal.shows('9996-10000 of 10000')).toMatch(/^> .*worker-0 /m);
    await terminal.type(KEYS.pageUp, KEYS.up);
    await terminal.shows('9995-9999 of 10000');
    await terminal.type(KEYS.home);
    await terminal.shows('1-5 of 10000');
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

/** What is written in red (1 or 9) in each row. */
function redCells(terminal: ScreenTerminal): string[] {
  return terminal.cells.map((row) =>
    row
      .filter(({ look, text }) => ['1', '9'].includes(look.split(',')[0] ?? '') && text !== ' ')
      .map(({ text }) => text)
      .join(''),
  );
}

/** The parameters of every SGR sequence in the output. */
function sgrCodes(bytes: Buffer): string[] {
  return [...bytes.toString('utf8').matchAll(/\x1b\[([\d;]*)m/g)].flatMap(([, codes = '']) => codes.split(';'));
}
