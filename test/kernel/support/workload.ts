import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import split2 from 'split2';
import { workloadPath } from './repository.js';
import { until } from './until.js';

/** One line of a workload's truth (scripts/workloads/support.h): numbers, and a name. */
export interface WorkloadEvent {
  readonly event: string;
  readonly name?: string;
  readonly [field: string]: number | string | undefined;
}

/** A process that a test observes; killed hard by {@link end} where it has not ended by itself. */
export class Workload {
  readonly #child: ChildProcess;
  readonly #events: WorkloadEvent[] = [];
  readonly #closed: Promise<unknown>;

  constructor(file: string, argv: readonly string[]) {
    this.#child = spawn(file, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout?.pipe(split2()).on('data', (line: string) => {
      if (line.startsWith('{')) this.#events.push(JSON.parse(line));
    });
    // Killed while a line is on its way to it.
    this.#child.stdin?.on('error', () => {});
    this.#closed = once(this.#child, 'close');
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Writes the line that it waits for. */
  go(): void {
    this.#child.stdin?.write('\n');
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Events of one kind, once there are `count` of them. */
  async events(kind: string, count: number): Promise<readonly WorkloadEvent[]> {
    return until(`${count} "${kind}" lines of ${this.#child.spawnfile}`, () => {
      const found = this.#events.filter(({ event }) => event === kind);
      if (!this.alive && found.length < count) throw new Error(`${this.#child.spawnfile} has ended early`);
      return found.length >= count && found;
    });
  }

  /** Events of one kind so far. */
  said(kind: string): readonly WorkloadEvent[] {
    return this.#events.filter(({ event }) => event === kind);
  }

  /** All results, after its end. */
  async results(): Promise<readonly WorkloadEvent[]> {
    await this.#closed;
    return this.#events.filter(({ event }) => event === 'result');
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

/** Ahead of all else that runs here, so that it never waits for a CPU: `before` of {@link startWorkload}. */
export const AHEAD = ['chrt', '--fifo', '40'] as const;

/** Starts a workload and waits until it is set up; `before` is a command to run it behind, such as chrt(1). */
export async function startWorkload(
  name: string,
  argv: readonly string[],
  before: readonly string[] = [],
): Promise<Workload> {
  const [file = '', ...rest] = [...before, workloadPath(name), ...argv];
  const workload = new Workload(file, rest);
  await workload.events('ready', 1);
  return workload;
}

/** A number that the workload printed. */
export function numberOf(event: WorkloadEvent, field: string): number {
  const value = event[field];
  if (typeof value !== 'number') throw new Error(`no number ${field} in ${JSON.stringify(event)}`);
  return value;
}
