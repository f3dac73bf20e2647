import { FaultscopeError } from '../errors.js';
import { monotonicNs } from '../host/clock.js';
import type { ProbeRunner } from '../probe/runner.js';
import type { FaultscopeRecord, OptionalSetName } from '../record/record.js';

/** What of a runner is needed here. */
type Runner = Pick<ProbeRunner, 'start' | 'stop' | 'failed' | 'pid'>;

export interface OptionalSetOptions {
  readonly set: OptionalSetName;
  readonly emit: (record: FaultscopeRecord) => void;
  /** Makes a runner that has not been started. */
  readonly runner: () => Runner;
  /** Whether what was started knows all that it must; else it is started anew, a few times. Default: it does. */
  readonly isComplete?: () => boolean;
  /** Awaited when the runner has stopped: what came of it is then told. */
  readonly ended?: () => Promise<void>;
}

/** How often a set is started anew because something happened while it was starting. */
const STARTS = 3;

/** Looks after a probe set that runs only when asked for. It fails alone. */
export class OptionalSet {
  readonly #options: OptionalSetOptions;
  /** What was asked for last. What is comes to be that, a step at a time: starts and stops never overlap. */
  #wanted = false;
  #whyNot = 'switched off';
  #runner: Runner | undefined;
  #change: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: OptionalSetOptions) {
    this.#options = options;
  }

  /** Resolves when it runs, or has said in a record why it does not. */
  start(): Promise<void> {
    return this.#want(true);
  }

  /** Returns whether it is wanted now. */
  toggle(): boolean {
    this.#whyNot = 'switched off';
    this.#want(!this.#wanted);
    return this.#wanted;
  }

  /** As {@link toggle} would, but for another reason. */
  end(why: string): void {
    this.#whyNot = why;
    this.#want(false);
  }

  /** Of its bpftrace; null while it does not run. */
  get pid(): number | null {
    return this.#runner?.pid ?? null;
  }

  /** Says that nobody has asked for it. */
  explain(): void {
    this.#tell('stopped', `not asked for (--${this.#options.set})`);
  }

  /** For good. */
  async stop(): Promise<void> {
    this.#closed = true;
    // Also one that is only starting.
    await this.#runner?.stop();
    await this.#change;
    await this.#options.ended?.();
  }

  #want(wanted: boolean): Promise<void> {
    this.#wanted = wanted;
    this.#change = this.#change.then(() => this.#settle()).catch((error: unknown) => this.#broken(error));
    return this.#change;
  }

  /** Keys that came meanwhile, and took each other back, change nothing. */
  async #settle(): Promise<void> {
    const runner = this.#runner;
    if (this.#wanted && runner === undefined) await this.#run();
    else if (!this.#wanted && runner !== undefined) await this.#end(runner);
  }

  async #run(): Promise<void> {
    const { runner: make, isComplete = () => true } = this.#options;
    for (let starts = 0; starts < STARTS && !this.#closed; starts += 1) {
      const runner = make();
      this.#runner = runner;
      try {
        await runner.start();
      } catch (error) {
        // What a runner refuses it has said in a record itself; it is not tried again unless asked for.
        if (!(error instanceof FaultscopeError)) throw error;
        return this.#failed(runner);
      }
      runner.failed.then(() => this.#failed(runner));
      if (this.#closed || isComplete()) return;
      if (starts + 1 < STARTS) await runner.stop();
    }
  }

  #failed(runner: Runner): void {
    if (this.#runner !== runner) return;
    this.#wanted = false;
    this.#runner = undefined;
  }

  async #end(runner: Runner): Promise<void> {
    this.#runner = undefined;
    await runner.stop();
    await this.#options.ended?.();
    if (!this.#closed) this.#tell('stopped', this.#whyNot);
  }

  /** A defect of ours: it must not take the session with it. */
  #broken(error: unknown): void {
    this.#wanted = false;
    this.#runner = undefined;
    this.#tell('failed', error instanceof Error ? error.message : String(error));
  }

  #tell(state: 'stopped' | 'failed', detail: string): void {
    const { set, emit } = this.#options;
    emit({ kind: 'probe', atNs: monotonicNs(), set, state, variant: null, detail });
  }
}
