import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chill } from '../pagecache/files.js';
import { Faultscope } from '../support/faultscope.js';
import { ANY_GO, goWorkload } from '../support/go.js';
import { makeRoom } from '../support/room.js';
import { AHEAD, numberOf, startWorkload, type Workload } from '../support/workload.js';

const REST_MS = 3;
const BIG_BYTES = 64 * 2 ** 20;

let directory: string;
let big: string;
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-healthy-');
  big = join(directory, 'big');
  writeFileSync(big, '');
  truncateSync(big, BIG_BYTES);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Clients that ask again and again, with a rest in between, so that the server is busy and not short of CPU. */
class Clients {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #running: Promise<void>[];
  #stopping = false;
  answered = 0;

  constructor(port: number, count: number) {
    this.#running = Array.from({ length: count }, async () => {
      while (!this.#stopping) {
        await this.#ask(port);
        await later(REST_MS);
      }
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#running);
    this.#agent.destroy();
  }

  #ask(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent: this.#agent }, (answer) => {
        answer.resume();
        answer.once('end', () => {
          this.answered++;
          resolve();
        });
      }).once('error', reject);
    });
  }
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

async function observe(workload: Workload, ms: number, sets: readonly string[] = [], meanwhile = () => {}) {
  const faultscope = new Faultscope(['--pid', String(workload.pid), '--interval', '500ms', ...sets]);
  await faultscope.attached(workload.pid, 1 + sets.length);
  meanwhile();
  await later(ms);
  return faultscope.finish();
}

async function startServer(argv: readonly string[]): Promise<{ server: Workload; port: number }> {
  const server = await startWorkload(goWorkload('goserve', ANY_GO), argv, AHEAD);
  const [ready] = await server.events('ready', 1);
  if (ready === undefined) throw new Error('the server is not ready');
  return { server, port: numberOf(ready, 'port') };
}

test('of a busy server that is healthy there is nothing to report, and it has no evictor, whoever fills memory beside it', async () => {
  makeRoom();
  chill(big);
  const { server, port } = await startServer(['-pages', '0']);
  const clients = new Clients(port, 8);
  const neighbour = await startWorkload('readfile', ['--hold', '--file', big]);
  try {
    const summary = await observe(server, 5000, ['--pagecache'], () => neighbour.go());
    expect(clients.answered).toBeGreaterThan(500);
    expect(summary.findings).toEqual([]);
    expect(summary.allClear).toMatch(/nothing to report/i);
    // Where the host has set it up, DAMON takes what was not touched for a while, also of a healthy server.
    const [damon, others] = partition(summary.evictors ?? [], ({ comm }) => /^kdamond\.\d+$/.test(comm ?? ''));
    expect(others, JSON.stringify(others)).toEqual([]);
    const evictedPages = damon.reduce((sum, { pages }) => sum + pages, 0);
    expect(summary.pageCache).toMatchObject({ evictedPages, kswapdRefaults: 0, suspects: [], missingPages: 0 });
    const filler = summary.pageCache?.fillers.find(({ pid }) => pid === neighbour.pid);
    expect(filler?.pageCacheBytes).toBe(BIG_BYTES);
  } finally {
    await clients.stop();
    await neighbour.end();
    await server.end();
  }
});

test('of an idle server there is nothing to report', async () => {
  const { server } = await startServer(['-pages', '0']);
  try {
    const summary = await observe(server, 4000);
    expect(summary.findings).toEqual([]);
    expect(summary.allClear).toMatch(/nothing to report/i);
  } finally {
    await server.end();
  }
});

test('a server that reads cold pages by mmap is told to stand still, and where', async () => {
  const { server, port } = await startServer(['-pages', '20', '-work', '0']);
  const clients = new Clients(port, 8);
  try {
    const summary = await observe(server, 5000);
    expect(summary.findings.map(({ id }) => id)).toContain('full-stalls');
    expect(summary.allClear).toBeNull();
    const [first] = summary.goroutines?.functions ?? [];
    expect(first?.start).toBe('net/http.(*conn).serve');
    expect(first?.pHoldingFaults).toBe(first?.majorFaults);
  } finally {
    await clients.stop();
    await server.end();
  }
});

test('a lock convoy is called a lock convoy', async () => {
  const workload = await startWorkload('lockconvoy', ['--hold'], AHEAD);
  try {
    const faultscope = new Faultscope(['--pid', String(workload.pid), '--interval', '500ms']);
    await faultscope.attached(workload.pid);
    workload.go();
    await later(5000);
    const summary = await faultscope.finish();
    const lock = summary.findings.find(({ id }) => id === 'lock');
    expect(JSON.stringify(lock)).toMatch(/lock convoy/i);
    expect(summary.findings.map(({ id }) => id)).not.toContain('full-stalls');
  } finally {
    await workload.end();
  }
});
