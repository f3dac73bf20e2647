import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from '../support/until.js';

const PROGRAMS = '/var/cache/faultscope/metrics-servers';

/** A program of scripts/metrics-servers. */
export function serverProgram(name: 'prometheus' | 'promtool' | 'victoria-metrics'): string {
  const path = join(PROGRAMS, name);
  if (!existsSync(path)) throw new Error(`${path} is missing: run scripts/metrics-servers`);
  return path;
}

/** One sample of an answer. */
export interface Answer {
  readonly labels: { readonly [name: string]: string };
  readonly value: number;
}

/** A rule for alerts as the server has understood it. */
export interface AlertRule {
  readonly name: string;
  readonly query: string;
}

/** A server that scrapes, stores and answers PromQL; ended by {@link end}. */
export class MetricsServer {
  readonly name: string;
  readonly #url: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #said = '';

  private constructor(name: string, port: number, file: string, argv: readonly string[]) {
    this.name = name;
    this.#url = `http://127.0.0.1:${port}`;
    this.#child = spawn(file, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text) => {
        this.#said = `${this.#said}${text}`.slice(-4000);
      });
    }
    this.#exited = once(this.#child, 'close');
  }

  /** Everything it keeps is in `directory`; `scraping` is the scrape_configs of its configuration. */
  static async prometheus(directory: string, scraping: string, rules: string): Promise<MetricsServer> {
    const config = join(directory, 'prometheus.yml');
    writeFileSync(join(directory, 'rules.yml'), rules);
    writeFileSync(config, `global: { evaluation_interval: 1s }\nrule_files: [rules.yml]\n${scraping}`);
    const port = await freePort();
    const server = new MetricsServer('Prometheus', port, serverProgram('prometheus'), [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    return server.#ready();
  }

  /** The same; without its habit of hiding the last half minute, which may be incomplete. */
  static async victoriaMetrics(directory: string, scraping: string): Promise<MetricsServer> {
    const config = join(directory, 'victoria-metrics.yml');
    writeFileSync(config, scraping);
    const port = await freePort();
    const server = new MetricsServer('VictoriaMetrics', port, serverProgram('victoria-metrics'), [
      `-promscrape.config=${config}`,
      `-storageDataPath=${join(directory, 'victoria-metrics')}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-search.latencyOffset=0s',
    ]);
    return server.#ready();
  }

  /** What an expression gives now. */
  async query(expression: string): Promise<readonly Answer[]> {
    const { result } = await this.#ask(`/api/v1/query?${new URLSearchParams({ query: expression })}`);
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** Names of the alerts that fire, of those of one target. */
  async firing(target: string): Promise<readonly string[]> {
    const { alerts } = await this.#ask('/api/v1/alerts');
    return alerts
      .filter(({ state, labels }) => state === 'firing' && labels.target === target)
      .map(({ labels }) => labels.alertname ?? '');
  }

  async alertRules(): Promise<readonly AlertRule[]> {
    const { groups } = await this.#ask('/api/v1/rules');
    return groups.flatMap(({ rules }) => rules);
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async #ready(): Promise<this> {
    try {
      await until(`${this.name} to be ready`, async () => {
        if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.#said}`);
        return fetch(`${this.#url}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
      });
      return this;
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  async #ask(path: string): Promise<Data> {
    const answer = await fetch(`${this.#url}${path}`);
    const body = (await answer.json()) as { readonly data: Data; readonly error?: string };
    if (!answer.ok) throw new Error(`${this.name} on ${path}: ${body.error}`);
    return body.data;
  }
}

/** What the servers' HTTP API answers with, as far as it is asked here (https://prometheus.io/docs/prometheus/latest/querying/api/). */
interface Data {
  readonly result: readonly { readonly metric: Answer['labels']; readonly value: readonly [number, string] }[];
  readonly alerts: readonly { readonly state: string; readonly labels: Answer['labels'] }[];
  readonly groups: readonly { readonly rules: readonly AlertRule[] }[];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
