import { monotonicNs } from '../host/clock.js';
import type { ProbeRunner } from '../probe/runner.js';
import type { FaultscopeRecord, OptionalSetName } from '../record/record.js';

export interface OptionalSetOptions {
  readonly set: OptionalSetName;
  readonly emit: (record: FaultscopeRecord) => void;
  /** Makes a runner that has not been started. */
  readonly runner: () => ProbeRunner;
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
  #wanted = false;
  #runner: ProbeRunner | undefined;
  /** Starts and stops follow one another, never overlap. */
  #change: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: OptionalSetOptions) {
    this.#options = options;
  }

  /** Resolves when it runs, or has said in a record why it does not. */
  start(): Promise<void> {
    this.#wanted = true;
    this.#change = this.#change.then(() => this.#run());
    return this.#change;
  }

  toggle(): void {
    if (this.#wanted) this.#end();
    else this.start();
  }

  /** Says that nobody has asked for it. */
  explain(detail = `not asked for (--${this.#options.set})`): void {
    const { set, emit } = this.#options;
    emit({ kind: 'probe', atNs: monotonicNs(), set, state: 'stopped', variant: null, detail });
  }

  /** For good. */
  async stop(): Promise<void> {
    this.#closed = true;
    await this.#runner?.stop();
    await this.#change;
    await this.#options.ended?.();
  }

  async #run(): Promise<void> {
    const { runner: make, isComplete = () => true } = this.#options;
    for (let starts = 0; starts < STARTS && !this.#closed; starts += 1) {
      const runner = make();
      this.#runner = runner;
      try {
        await runner.start();
      } catch {
        // The runner has said why in a record; it is not tried again unless asked for.
        return this.#failed(runner);
      }
      runner.failed.then(() => this.#failed(runner));
      if (this.#closed || isComplete()) return;
      if (starts + 1 < STARTS) await runner.stop();
    }
  }

  #failed(runner: ProbeRunner): void {
    if (this.#runner !== runner) return;
    this.#wanted = false;
    this.#runner = undefined;
  }

  #end(): void {
    this.#wanted = false;
    this.#change = this.#change.then(async () => {
      const runner = this.#runner;
      this.#runner = undefined;
      await runner?.stop();
      await this.#options.ended?.();
      this.explain('switched off');
    });
  }
}
