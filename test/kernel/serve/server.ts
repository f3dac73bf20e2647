import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { REPOSITORY } from '../support/repository.js';
import { until } from '../support/until.js';

/** Value of each sample, by its name and labels as they are written. */
export type Samples = ReadonlyMap<string, number>;

/** `faultscope serve`, running. */
export class Server {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown[]>;
  #stderr = '';
  #url = '';

  /** `before` is a command to run it behind. */
  constructor(args: readonly string[], env: NodeJS.ProcessEnv = process.env, before: readonly string[] = []) {
    const [file = '', ...argv] = [...before, process.execPath, join(REPOSITORY, 'dist/cli.js'), 'serve', ...args];
    this.#child = spawn(file, argv, { env, stdio: ['ignore', 'inherit', 'pipe'] });
    this.#child.stderr?.on('data', (text) => {
      this.#stderr += text;
    });
    this.#exited = once(this.#child, 'close');
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** What it has said so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves when it listens, with where. */
  async listening(): Promise<string> {
    this.#url = await until('serve to listen', () => {
      if (this.#child.exitCode !== null) throw new Error(`it ended with ${this.#child.exitCode}: ${this.#stderr}`);
      return /serves (\S+)\/metrics/.exec(this.#stderr)?.[1];
    });
    return this.#url;
  }

  async metrics(): Promise<Samples> {
    const answer = await fetch(`${this.#url}/metrics`);
    const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  }

  /** The metrics, once they are as they should be. */
  async metricsWhere(what: string, holds: (samples: Samples) => boolean, deadlineMs = 60_000): Promise<Samples> {
    const end = Date.now() + deadlineMs;
    for (;;) {
      const samples = await this.metrics();
      if (holds(samples)) return samples;
      if (Date.now() > end) throw new Error(`waited ${deadlineMs / 1000} s in vain for ${what}: ${this.#stderr}`);
      await later(600);
    }
  }

  /** Nobody reads any more what it says, as while journald is restarted. */
  stopListening(): void {
    this.#child.stderr?.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it; resolves with its exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    const [exitCode] = (await this.#exited) as [number | null];
    return exitCode;
  }
}

/** The one sample of that name whose labels have these. */
export function sample(
  samples: Samples,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const found = [...samples].find(
    ([key]) => key.split('{')[0] === name && wanted.every((label) => key.includes(label)),
  );
  return found?.[1];
}
