import { describe, expect, it } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import { KEYS } from './screen-terminal.js';
import { show } from './show.js';
import { idleThread, manyThreads, servingSnapshot, snapshot } from './snapshot-builder.js';

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

  it('starts and stops the requests on n', async () => {
    const switches: string[] = [];
    const { terminal } = show(snapshot(), { actions: { toggle: (set) => switches.push(set) } });
    await terminal.type('n');
    await terminal.shows('starting the probe set requests');
    await terminal.type('s', 'n');
    expect(switches).toEqual(['requests', 'requests']);
    expect(await terminal.settled()).toContain('requests: n starts measuring the service time of all requests');
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

  it('switches the probe sets', async () => {
    const switches: string[] = [];
    const { terminal } = show(snapshot(), { actions: { toggle: (set) => switches.push(set) } });
    await terminal.type('x', 'C', 'T', 'B', 'W');
    expect(switches).toEqual(['entry', 'pagecache', 'stacks', 'storage', 'wakers']);
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
