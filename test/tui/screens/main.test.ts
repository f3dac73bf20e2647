import { describe, expect, it } from 'vitest';
import { ALL_CLEAR, NOTHING_DIAGNOSED } from './diagnosis-builder.js';
import { type ScreenTerminal, UTF8 } from './screen-terminal.js';
import { show } from './show.js';
import { CALM, emptySnapshot, faultingThread, history, servingSnapshot, snapshot, stalls } from './snapshot-builder.js';

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
    expect(text).toMatch(/probes FAILED +coverage +97% .*lost 1.2k +dropped 7 .*cost +- /);
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
