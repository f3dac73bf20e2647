import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { Summary } from '../../../src/export/summary-format.js';
import { bpfProgramsOf, bpftracesOf, descriptorsOf, hasAttached } from './processes.js';
import { REPOSITORY } from './repository.js';
import { until } from './until.js';

const CLI = join(REPOSITORY, 'dist/cli.js');

export interface Outcome {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What --export wrote; null where it wrote nothing. */
  readonly summary: Summary | null;
}

export interface RunOptions {
  /** A command to run it behind, such as `unshare -m`. */
  readonly before?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: 'ignore' | 'pipe';
}

/** The built command line, running. Without a terminal it is headless of itself. */
export class Faultscope {
  readonly #child: ChildProcess;
  readonly #directory = mkdtempSync(join(tmpdir(), 'faultscope-test-'));
  readonly #exited: Promise<unknown[]>;
  #stdout = '';
  #stderr = '';

  /** `args` are given as they are, with `--export` put before them unless they have it. */
  constructor(args: readonly string[], { before = [], env = process.env, stdin = 'ignore' }: RunOptions = {}) {
    const exported = args.includes('--export') ? [] : ['--export', this.#exportPath];
    const [file = '', ...argv] = [...before, process.execPath, CLI, ...exported, ...args];
    this.#child = spawn(file, argv, { env, stdio: [stdin, 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (text) => {
      this.#stdout += text;
    });
    this.#child.stderr?.on('data', (text) => {
      this.#stderr += text;
    });
    this.#exited = once(this.#child, 'close');
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get stdin(): ChildProcess['stdin'] {
    return this.#child.stdin;
  }

  /** What it, or a command it launched, has printed so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /**
   * Resolves once `sets` probe sets are attached to the target (the set `entry` may join them by itself, later than
   * those asked for) and the first figures of each of its threads are in; returns the bpftraces. Only then faultscope
   * reads the threads, one after the other, and keeps their files open.
   */
  async attached(target: number, sets = 1): Promise<readonly number[]> {
    const bpftraces = await until(`faultscope to attach to ${target}`, () => {
      if (this.#child.exitCode !== null) throw new Error(`it ended with ${this.#child.exitCode}: ${this.#stderr}`);
      const found = bpftracesOf(target);
      return this.#hasRead(target) && found.length >= sets && found.every(hasAttached) && found;
    });
    // The last file is opened just before it is read.
    await later(100);
    return bpftraces;
  }

  #hasRead(target: number): boolean {
    const open = new Set(descriptorsOf(this.pid));
    const threads = readdirSync(`/proc/${target}/task`).map((tid) => `/proc/${target}/task/${tid}/schedstat`);
    return threads.every((path) => open.has(path));
  }

  /** The same, with the numbers of the BPF programs. */
  async attachedPrograms(target: number): Promise<string[]> {
    const programs = (await this.attached(target)).flatMap(bpfProgramsOf);
    if (programs.length === 0) throw new Error('no BPF program is loaded');
    return programs;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async outcome(): Promise<Outcome> {
    const [exitCode, signal] = (await this.#exited) as [number | null, string | null];
    const summary = existsSync(this.#exportPath) ? JSON.parse(readFileSync(this.#exportPath, 'utf8')) : null;
    rmSync(this.#directory, { recursive: true, force: true });
    return { exitCode, signal, stdout: this.#stdout, stderr: this.#stderr, summary };
  }

  /** Ends it as Ctrl-C does, and returns what it came to; throws unless that is a summary and exit 0. */
  async finish(): Promise<Summary> {
    this.kill('SIGINT');
    return this.success();
  }

  /** Waits until it ends by itself; throws unless that gave a summary and exit 0. */
  async success(): Promise<Summary> {
    const { exitCode, stderr, summary } = await this.outcome();
    if (exitCode !== 0 || summary === null) throw new Error(`exit ${exitCode}, stderr: ${stderr}`);
    return summary;
  }

  get #exportPath(): string {
    return join(this.#directory, 'summary.json');
  }
}

/** Runs it to its end. */
export function faultscope(args: readonly string[], options?: RunOptions): Promise<Outcome> {
  return new Faultscope(args, options).outcome();
}
