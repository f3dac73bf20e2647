import { monotonicNs } from '../host/clock.js';
import { type Listening, listeningAround } from '../host/listening.js';
import { RequestsDecoder } from '../probe/decode-requests.js';
import { ProbeRunner } from '../probe/runner.js';
import { requestsVariants } from '../probe/variants.js';
import type { FaultscopeRecord } from '../record/record.js';
import type { SessionOptions } from './session.js';
import { ticks } from './threads-set.js';

/** Single requests printed per tenth of a second. */
const RATION = 5;
/** Requests that may be open at once, at 80 bytes of kernel memory each, and histogram rows. */
const MAP_KEYS = 2 ** 16;
/** Dumps in one interval, so that a view drawn between two of them lacks little. */
const DUMPS = 5;
/** How often it is started anew because someone began to listen while it was starting. */
const STARTS = 3;

/** Looks after bpf/requests.bt, which runs only when asked for. It fails alone. */
export class RequestsSet {
  readonly #options: SessionOptions;
  readonly #emit: (record: FaultscopeRecord) => void;
  #wanted = false;
  #runner: ProbeRunner | undefined;
  #decoder = new RequestsDecoder();
  /** Starts and stops follow one another, never overlap. */
  #change: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SessionOptions, emit: (record: FaultscopeRecord) => void) {
    this.#options = options;
    this.#emit = emit;
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
  explain(detail = 'not asked for (--requests)'): void {
    this.#emit({ kind: 'probe', atNs: monotonicNs(), set: 'requests', state: 'stopped', variant: null, detail });
  }

  /** For good. */
  async stop(): Promise<void> {
    this.#closed = true;
    await this.#runner?.stop();
    await this.#change;
  }

  /** What is listened on is read, then the script attaches, and sees who begins to; in between it could miss someone. */
  async #run(): Promise<void> {
    for (let starts = 0; starts < STARTS && !this.#closed; starts += 1) {
      const runner = this.#newRunner(listeningAround(this.#options.target.pid));
      this.#runner = runner;
      try {
        await runner.start();
      } catch {
        // The runner has said why in a record; it is not tried again unless asked for.
        return this.#failed(runner);
      }
      runner.failed.then(() => this.#failed(runner));
      if (this.#closed || this.#knowsAll()) return;
      if (starts + 1 < STARTS) await runner.stop();
    }
  }

  #knowsAll(): boolean {
    const { ports } = listeningAround(this.#options.target.pid);
    return [...ports].every((port) => this.#decoder.ports.has(port));
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
      this.explain('switched off');
    });
  }

  #newRunner(listening: Listening): ProbeRunner {
    const { target, intervalMs, bpftrace, host } = this.#options;
    const every = Math.max(1, Math.floor(ticks(intervalMs) / DUMPS));
    return new ProbeRunner({
      set: 'requests',
      bpftrace: { path: bpftrace, cpus: host.cpus },
      variants: requestsVariants([...listening.ports]),
      args: [target.pid, every, RATION, listening.namespace].map(String),
      mapKeys: MAP_KEYS,
      decoder: () => {
        this.#decoder = new RequestsDecoder();
        return this.#decoder;
      },
      emit: this.#emit,
      dumpBegins: () => {},
      dumped: () => {},
      nowNs: monotonicNs,
    });
  }
}
