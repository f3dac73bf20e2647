import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startGoread } from '../support/go.js';
import { majorFaultsOf } from '../support/processes.js';
import { REPOSITORY } from '../support/repository.js';
import { SlowFile } from '../support/slow-file.js';
import { until } from '../support/until.js';
import { startWorkload } from '../support/workload.js';
import { answered, dashboardExpressions, type Expression, shortened } from './expressions.js';
import { MetricsServer } from './metrics-server.js';
import { samplesOf, seriesKey } from './samples.js';
import { SecureServer } from './secure-server.js';

const STALLED = 'orders';

/** scrape-tls.yml as it is, with the names of this place; once a second. */
function scrapingOf(serve: SecureServer): string {
  return readFileSync(join(REPOSITORY, 'packaging/prometheus/scrape-tls.yml'), 'utf8')
    .replace('scrape_interval: 15s', 'scrape_interval: 1s')
    .replace('/etc/prometheus/faultscope-ca.pem', serve.caFile)
    .replace('/etc/prometheus/faultscope-token', serve.tokenFile)
    .replace("['db1.example:9435', 'db2.example:9435']", `['${serve.address}']`);
}

function rules(): string {
  return shortened(readFileSync(join(REPOSITORY, 'packaging/prometheus/faultscope.rules.yml'), 'utf8'));
}

/** Where the CPUs are busy four bpftraces take a while. */
const ATTACHED_MS = 120_000;

function traced(serve: SecureServer): Promise<true> {
  const wanted = ['["set","pagecache"],["target","orders"]', '["set","requests"],["target","answers"]'];
  const look = async () => {
    const samples = [...samplesOf(await serve.metrics())];
    await later(200);
    return wanted.every((series) => samples.some(([key, value]) => key.includes(series) && value === 1)) || undefined;
  };
  return until('all targets to be traced with their sets', look, ATTACHED_MS);
}

async function majorFaultsServed(serve: SecureServer): Promise<number> {
  const key = seriesKey({ __name__: 'faultscope_major_faults_total', target: STALLED, process: '0' });
  return samplesOf(await serve.metrics()).get(key) ?? Number.NaN;
}

/** Those that give nothing, and go on giving nothing for a while. */
async function withoutData(server: MetricsServer, expressions: readonly Expression[]): Promise<readonly string[]> {
  let left = expressions;
  for (let attempt = 0; attempt < 15 && left.length > 0; attempt += 1) {
    const answers = await Promise.all(left.map(async (one) => ({ one, answer: await server.query(one.expression) })));
    left = answers.filter(({ answer }) => answer.length === 0).map(({ one }) => one);
    if (left.length > 0) await later(1000);
  }
  return left.map(({ of, expression }) => `${server.name}, ${of}: ${expression}`);
}

/** Series of the page that the server has not, or with a value that they have at no time between two readings. */
async function disagreements(serve: SecureServer, server: MetricsServer): Promise<readonly string[]> {
  const before = samplesOf(await serve.metrics());
  const readAt = Date.now() / 1000;
  await until(`${server.name} to scrape`, async () => {
    await later(200);
    const [scraped] = await server.query('timestamp(faultscope_build_info)');
    return (scraped?.value ?? 0) > readAt;
  });
  const answers = await server.query('{__name__=~"faultscope_.+"}');
  const stored = new Map(answers.map(({ labels, value }) => [seriesKey(labels), value]));
  const after = samplesOf(await serve.metrics());
  return [...before].flatMap(([key, least]) => {
    const value = stored.get(key) ?? Number.NaN;
    // What is no counter may have gone up and down.
    const holds = /_(total|bucket|count|sum)"/.test(key) ? least <= value && value <= (after.get(key) ?? 0) : true;
    return stored.has(key) && holds ? [] : [`${server.name}: ${least} <= ${value} <= ${after.get(key)} of ${key}`];
  });
}

test('real servers scrape serve with TLS and a token: what the dashboard and the alerts ask for is there and true, and the alert of full stalls fires during one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'faultscope-serve-'));
  const ends: (() => unknown)[] = [() => rmSync(directory, { recursive: true })];
  const ended = <T extends { end(): Promise<unknown> }>(one: T): T => {
    ends.unshift(() => one.end());
    return one;
  };
  try {
    // Few pages: when all were read they are evicted, so that there are refaults. As many readers as need twice GOMAXPROCS.
    const file = ended(await SlowFile.mount(5, 2000));
    const stalled = ended(await startGoread(2, ['-file', file.path, '-readers', '4', '-then', '8', '-measure=false']));
    const answering = ended(await startWorkload('answers', ['--hold', '--requests', '1000000']));
    const serve = ended(
      await SecureServer.start(directory, [
        { label: STALLED, pid: stalled.pid, sets: ['pagecache'] },
        { label: 'answers', pid: answering.pid, sets: ['requests'] },
      ]),
    );
    const prometheus = ended(await MetricsServer.prometheus(directory, scrapingOf(serve), rules()));
    const victoriaMetrics = ended(await MetricsServer.victoriaMetrics(directory, scrapingOf(serve)));
    const servers = [prometheus, victoriaMetrics];
    await traced(serve);
    const faultsBefore = majorFaultsOf(stalled.pid) - (await majorFaultsServed(serve));
    for (const workload of [stalled, answering]) workload.go();

    await until('the alert of full stalls to fire', async () => {
      await later(200);
      return (await prometheus.firing(STALLED)).includes('FaultscopeFullStall');
    });
    const alerts = await prometheus.alertRules();
    expect(alerts.length).toBeGreaterThan(10);
    const asked = [
      ...dashboardExpressions(),
      ...alerts.map(({ name, query }): Expression => ({ of: name, expression: answered(query) })),
    ];
    for (const server of servers) {
      expect(await withoutData(server, asked)).toEqual([]);
      expect(await disagreements(serve, server)).toEqual([]);
    }

    // More threads may run now than there are readers: never are all of them stuck.
    stalled.kill('SIGUSR1');
    await stalled.events('gomaxprocs', 1);
    await until('the alert to clear', async () => {
      await later(200);
      return !(await prometheus.firing(STALLED)).includes('FaultscopeFullStall');
    });

    stalled.kill('SIGSTOP');
    await until('all major faults of the kernel to be served', async () => {
      await later(200);
      return (await majorFaultsServed(serve)) === majorFaultsOf(stalled.pid) - faultsBefore;
    });
    expect(await majorFaultsServed(serve)).toBeGreaterThan(1000);
  } finally {
    for (const end of ends) await end();
  }
}, 300_000);
