import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as later } from 'node:timers/promises';
import type { Summary, SummaryRequests } from '../../../src/export/summary-format.js';
import { Faultscope } from './faultscope.js';
import { bpftracesOf, hasAttached } from './processes.js';
import { until } from './until.js';
import type { Workload } from './workload.js';

/** Ahead of everything else on the machine, so that what is compared is not the load. */
export const AT_ONCE = ['chrt', '--fifo', '50'];

/** Traces the target's requests while `during` goes on; by the time it is called everything is attached. */
export async function requestsOf(
  target: { readonly pid: number },
  bpftrace: string,
  during: () => Promise<unknown>,
  options: readonly string[] = [],
): Promise<{ readonly summary: Summary; readonly requests: SummaryRequests }> {
  const args = ['--pid', String(target.pid), '--requests', '--bpftrace', bpftrace, ...options];
  const faultscope = new Faultscope(args);
  try {
    await requestsAttached(target.pid);
    await during();
    await later(300);
  } catch (error) {
    faultscope.kill('SIGINT');
    await faultscope.outcome();
    throw error;
  }
  const summary = await faultscope.finish();
  if (summary.requests === undefined) throw new Error('no requests in the summary');
  return { summary, requests: summary.requests };
}

/** Lets a held workload go and waits for its results. */
export function run(workload: Workload): () => Promise<unknown> {
  return () => {
    workload.go();
    return workload.results();
  };
}

/**
 * Resolves once bpf/requests.bt is attached and stays: where others begin to listen while it attaches it is started again.
 */
async function requestsAttached(target: number): Promise<void> {
  const attached = () => bpftracesOf(target).find((pid) => tracesRequests(pid) && hasAttached(pid)) ?? false;
  for (;;) {
    const first = await until(`requests.bt to attach to ${target}`, attached);
    await later(1000);
    if (attached() === first) return;
  }
}

/** It alone has the network namespace among its arguments. */
function tracesRequests(pid: number): boolean {
  const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/net'))?.[0] ?? '';
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(namespace);
  } catch {
    return false;
  }
}
