import { Agent, get } from 'node:http';
import { describe, expect, test } from 'vitest';
import { newestBpftrace } from '../support/bpftraces.js';
import { requestsOf } from '../support/requests.js';
import { Workload } from '../support/workload.js';

const SERVER = new URL('./http-server.mjs', import.meta.url).pathname;
const REQUESTS = 60;

/** Asks `REQUESTS` times, `agent`'s way, four at a time. */
async function ask(port: number, agent: Agent, delayMs: number): Promise<void> {
  for (let asked = 0; asked < REQUESTS; asked += 4) {
    await Promise.all(
      Array.from({ length: 4 }, () => {
        return new Promise<void>((resolve, reject) => {
          const options = { host: '127.0.0.1', port, path: `/${delayMs}`, agent };
          get(options, (response) => response.resume().once('end', resolve)).once('error', reject);
        });
      }),
    );
  }
  agent.destroy();
}

describe.each(newestBpftrace())("Node's HTTP server seen by bpftrace of $release", ({ path }) => {
  test.each([
    { connections: 'that are kept', keepAlive: true },
    { connections: 'of their own', keepAlive: false },
  ])('requests over connections $connections: each once, however long its answer', async ({ keepAlive }) => {
    const server = new Workload(process.execPath, [SERVER]);
    try {
      const [ready] = await server.events('ready', 1);
      const agent = new Agent({ keepAlive });
      const { summary, requests } = await requestsOf(server, path, () => ask(Number(ready?.port), agent, 20));
      expect(requests.count).toBe(REQUESTS);
      // Node's timers fire up to a millisecond early; the answers of a busy machine are late, never early.
      expect(requests.latency.p50Ns).toBeGreaterThan(18.9e6);
      expect(requests.byStall?.overlapping.count).toBe(0);
      expect(requests.byStall?.clear.count).toBeGreaterThan(0);
      expect(summary.quality.lostEvents).toBe(0);
    } finally {
      await server.end();
    }
  });
});
