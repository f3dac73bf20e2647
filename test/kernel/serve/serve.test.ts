import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bpftracesOf, majorFaultsOf } from '../support/processes.js';
import { workloadPath } from '../support/repository.js';
import { SetClock } from '../support/set-clock.js';
import { until } from '../support/until.js';
import { startWorkload, Workload } from '../support/workload.js';
import { makeCertificate } from './secure-server.js';
import { type Samples, Server, sample } from './server.js';

const FAULTS = 'faultscope_major_faults_total';
/** No other test's workload is called that. */
const NAME = `db-${process.pid}`;
let directory: string;
let server: Server | undefined;
const workloads: Workload[] = [];

beforeEach(() => {
  directory = mkdtempSync('/var/tmp/faultscope-serve-');
});
afterEach(async () => {
  await server?.end();
  server = undefined;
  await Promise.all(workloads.splice(0).map((workload) => workload.end()));
  rmSync(directory, { recursive: true });
});

/** Reads a file of its own. */
async function cold(): Promise<Workload> {
  const program = join(directory, NAME);
  copyFileSync(workloadPath('coldmmap'), program);
  const workload = new Workload(program, [
    '--dir',
    mkdtempSync(join(directory, 'cold-')),
    '--rate',
    '300',
    '--mib',
    '128',
  ]);
  workloads.push(workload);
  await workload.events('ready', 1);
  return workload;
}

async function serve(config: object, env = process.env): Promise<Server> {
  writeFileSync(join(directory, 'serve.json'), JSON.stringify({ listen: '127.0.0.1:0', interval: '500ms', ...config }));
  server = new Server(['--config', join(directory, 'serve.json')], env);
  await server.listening();
  return server;
}

const isTracing = (samples: Samples) => sample(samples, 'faultscope_tracing') === 1;
const tracing = (running: Server) => running.metricsWhere('it to trace', isTracing);

/** While the target stands still: what the kernel counts, and what is published of it. */
async function standingStill(running: Server, workload: Workload): Promise<{ kernel: number; published: number }> {
  workload.kill('SIGSTOP');
  await later(1500);
  const published = sample(await running.metrics(), FAULTS) ?? Number.NaN;
  const kernel = majorFaultsOf(workload.pid);
  workload.kill('SIGCONT');
  return { kernel, published };
}

describe('serve', () => {
  test('counts every major fault that the kernel counts, and goes on counting after a restart of the target', async () => {
    const first = await cold();
    const running = await serve({ targets: [{ name: NAME, label: 'db' }] });
    await tracing(running);
    const begin = await standingStill(running, first);
    await later(2000);
    const end = await standingStill(running, first);
    expect(end.kernel - begin.kernel).toBeGreaterThan(50);
    expect(end.published - begin.published).toBe(end.kernel - begin.kernel);
    await first.end();
    const isMissed = (samples: Samples) => sample(samples, 'faultscope_target_up') === 0;
    expect(isTracing(await running.metricsWhere('the target to be missed', isMissed))).toBe(false);
    const second = await cold();
    const restarted = await tracing(running);
    expect(sample(restarted, 'faultscope_target_restarts_total', { target: 'db' })).toBe(1);
    expect(sample(restarted, 'faultscope_process_info', { pid: String(second.pid) })).toBe(1);
    expect(sample(restarted, FAULTS)).toBeGreaterThanOrEqual(end.published);
    // In the same series: the process has the place of the one before.
    expect([...restarted.keys()].filter((key) => key.startsWith(`${FAULTS}{`))).toHaveLength(1);
  });

  test('goes on after the death of its bpftrace, marks the gap, and ends with none left', async () => {
    const target = await cold();
    const running = await serve({ targets: [{ pid: target.pid }] });
    const before = await tracing(running);
    const [bpftrace = -1] = bpftracesOf(target.pid);
    process.kill(bpftrace, 'SIGKILL');
    const broken = await running.metricsWhere(
      'the gap',
      (samples) => sample(samples, 'faultscope_tracing_gaps_total') === 1,
    );
    expect(sample(broken, FAULTS)).toBeGreaterThanOrEqual(sample(before, FAULTS) ?? Number.NaN);
    const again = await tracing(running);
    expect(sample(again, 'faultscope_untraced_seconds_total')).toBeGreaterThan(1);
    expect(sample(again, FAULTS)).toBeGreaterThanOrEqual(sample(broken, FAULTS) ?? Number.NaN);
    expect(running.stderr).toContain(`process ${target.pid}: bpftrace was killed by SIGKILL; again in 1 s`);
    // It goes on where its log cannot be written any more.
    running.stopListening();
    for (const pid of bpftracesOf(target.pid)) process.kill(pid, 'SIGKILL');
    await running.metricsWhere('another gap', (samples) => sample(samples, 'faultscope_tracing_gaps_total') === 2);
    await tracing(running);
    expect(await running.end()).toBe(143);
    server = undefined;
    expect(bpftracesOf(target.pid)).toEqual([]);
  });

  test('reads its configuration anew on SIGHUP: what stays is not disturbed, what it cannot read changes nothing', async () => {
    const stays = await cold();
    const comes = await startWorkload('manythreads', ['--dir', directory, '--threads', '2', '--active', '1']);
    workloads.push(comes);
    const running = await serve({ targets: [{ name: NAME }] });
    await tracing(running);
    const tracers = bpftracesOf(stays.pid);
    const config = (targets: unknown) => JSON.stringify({ listen: '127.0.0.1:0', interval: '500ms', targets });
    writeFileSync(join(directory, 'serve.json'), '{"targets": 7}');
    running.kill('SIGHUP');
    await until('the refusal', () => running.stderr.includes('targets is not a list: see docs/serve.md'));
    writeFileSync(join(directory, 'serve.json'), config([{ name: NAME }, { pid: comes.pid, label: 'many' }]));
    running.kill('SIGHUP');
    const both = await running.metricsWhere(
      'both',
      (samples) => sample(samples, 'faultscope_tracing', { target: 'many' }) === 1,
    );
    expect(sample(both, 'faultscope_reloads_total', { result: 'done' })).toBe(1);
    expect(sample(both, 'faultscope_reloads_total', { result: 'refused' })).toBe(1);
    expect(sample(both, 'faultscope_tracing_gaps_total', { target: NAME })).toBe(0);
    expect(bpftracesOf(stays.pid)).toEqual(expect.arrayContaining(tracers));
    writeFileSync(join(directory, 'serve.json'), config([{ name: NAME }]));
    running.kill('SIGHUP');
    await until('the other to be left', () => bpftracesOf(comes.pid).length === 0);
    expect(bpftracesOf(stays.pid)).toEqual(expect.arrayContaining(tracers));
  });

  test('pushes the same figures to a collector of OpenTelemetry, over TLS with a certificate of our own authority', async () => {
    const pushed: unknown[] = [];
    const [ca, key] = makeCertificate(directory);
    const collector = await collecting(pushed, (answer) =>
      createSecureServer({ cert: readFileSync(ca), key: readFileSync(key) }, answer),
    );
    try {
      const target = await cold();
      const endpoint = `https://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/metrics`;
      const otlp = { endpoint, interval: '1s', ca };
      const running = await serve({ targets: [{ pid: target.pid, label: 'db' }], otlp });
      await tracing(running);
      await standingStill(running, target);
      target.kill('SIGSTOP');
      await later(1500);
      pushed.length = 0;
      await until('a push', () => pushed.length > 1);
      const samples = await running.metrics();
      const { faults, buckets, count } = read(pushed.at(-1));
      expect(faults).toBe(sample(samples, FAULTS));
      expect(count).toBe(sample(samples, 'faultscope_fault_latency_seconds_count'));
      expect(buckets.reduce((sum, bucket) => sum + bucket, 0)).toBe(count);
    } finally {
      collector.close();
    }
  });

  test('goes on over a wall clock that is set back an hour, then on by a day, and pushes nothing that ends before it begins', async () => {
    const target = await cold();
    const pushed: unknown[] = [];
    const collector = await collecting(pushed);
    try {
      const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/metrics`;
      const clock = new SetClock(directory);
      const running = await serve({ targets: [{ pid: target.pid }], otlp: { endpoint, interval: '1s' } }, clock.env);
      await tracing(running);
      const begin = await standingStill(running, target);
      const spans: Span[] = [];
      for (const hours of [0, -1, 23]) {
        clock.setAhead(hours);
        pushed.length = 0;
        await until('two pushes', () => pushed.length > 2);
        const span = spanOf(pushed.at(-1));
        expect(Math.abs(span.endMs - Date.now() - hours * 3_600_000)).toBeLessThan(600_000);
        spans.push(span);
      }
      const end = await standingStill(running, target);
      expect(end.published - begin.published).toBe(end.kernel - begin.kernel);
      expect(sample(await running.metrics(), 'faultscope_untraced_seconds_total')).toBeLessThan(60);
      for (const { startMs, endMs } of spans) expect(startMs).toBeLessThanOrEqual(endMs);
    } finally {
      collector.close();
    }
  });
});

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Of what time a push tells. */
function spanOf(push: unknown): Span {
  const text = JSON.stringify(push);
  const timeOf = (name: string) => Number(new RegExp(`"${name}":"(\\d+)\\d{6}"`).exec(text)?.[1]);
  return { startMs: timeOf('startTimeUnixNano'), endMs: timeOf('timeUnixNano') };
}

interface OtlpMetric {
  readonly name: string;
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly { readonly asDouble: number }[] };
  readonly histogram?: {
    readonly dataPoints: readonly { readonly count: number; readonly bucketCounts: readonly number[] }[];
  };
}

/** What a push says of major faults (the JSON of opentelemetry-proto, ExportMetricsServiceRequest). */
function read(push: unknown): { faults: number | undefined; count: number | undefined; buckets: readonly number[] } {
  const { resourceMetrics } = push as { resourceMetrics: { scopeMetrics: { metrics: OtlpMetric[] }[] }[] };
  const metrics = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: all }) => all));
  const sum = metrics.find(({ name }) => name === 'faultscope_major_faults')?.sum;
  const point = metrics.find(({ name }) => name === 'faultscope_fault_latency_seconds')?.histogram?.dataPoints[0];
  expect(sum?.isMonotonic).toBe(true);
  return {
    faults: sum?.dataPoints[0]?.asDouble,
    count: point === undefined ? undefined : Number(point.count),
    buckets: (point?.bucketCounts ?? []).map(Number),
  };
}

function collecting(
  pushed: unknown[],
  serving: (answer: RequestListener) => HttpServer = createServer,
): Promise<HttpServer> {
  const collector = serving(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    pushed.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
  return new Promise((resolve) => collector.listen(0, '127.0.0.1', () => resolve(collector)));
}
