import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { newestBpftrace } from '../support/bpftraces.js';
import { AT_ONCE, requestsOf } from '../support/requests.js';
import { startWorkload } from '../support/workload.js';

/** Requests that are still on their way when wrk ends. */
const CONNECTIONS = 4;

interface Measured {
  readonly count: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}

/** What the load generator measured, over connections that are kept. */
async function wrk(port: number): Promise<Measured> {
  const [file = '', ...argv] = [...AT_ONCE, 'wrk', '-t1', `-c${CONNECTIONS}`, '-d3s', '--latency'];
  const { stdout } = await promisify(execFile)(file, [...argv, `http://127.0.0.1:${port}/`]);
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(stdout)?.[1];
    if (found === undefined) throw new Error(`no ${pattern} in: ${stdout}`);
    return Number(found);
  };
  return {
    count: number(/(\d+) requests in/),
    p50Ms: number(/50% +([\d.]+)ms/),
    p90Ms: number(/90% +([\d.]+)ms/),
    p99Ms: number(/99% +([\d.]+)ms/),
  };
}

describe('against wrk', () => {
  // 20 ms: on two CPUs that are shared with others, wrk itself is late by up to a millisecond.
  test.each(newestBpftrace())(
    'as many requests, and the same percentiles within a tenth, with the bpftrace of $release',
    async ({ path }) => {
      const server = await startWorkload('answers', ['--delay', '0.02'], AT_ONCE);
      try {
        const [listening] = await server.events('listening', 1);
        let measured: Measured | undefined;
        const { requests } = await requestsOf(server, path, async () => {
          measured = await wrk(Number(listening?.port));
        });
        if (measured === undefined) throw new Error('wrk did not run');
        expect(requests.count).toBeGreaterThanOrEqual(measured.count);
        expect(requests.count).toBeLessThanOrEqual(measured.count + CONNECTIONS);
        const { p50Ns, p90Ns, p99Ns } = requests.latency;
        const off = (ns: number | null, ms: number): number => (ns ?? Number.NaN) / 1e6 / ms - 1;
        expect(Math.abs(off(p50Ns, measured.p50Ms)), `p50: ${p50Ns} ns, wrk ${measured.p50Ms} ms`).toBeLessThan(0.1);
        expect(Math.abs(off(p90Ns, measured.p90Ms)), `p90: ${p90Ns} ns, wrk ${measured.p90Ms} ms`).toBeLessThan(0.1);
        // A server that was held up reads late: what waited unread is in wrk's tail and not in the service time.
        expect(off(p99Ns, measured.p99Ms), `p99: ${p99Ns} ns, wrk ${measured.p99Ms} ms`).toBeLessThan(0.1);
        expect(off(p99Ns, measured.p50Ms), `p99: ${p99Ns} ns, wrk's p50 ${measured.p50Ms} ms`).toBeGreaterThan(-0.1);
      } finally {
        await server.end();
      }
    },
  );
});
