import { monotonicNs } from '../host/clock.js';
import { EntryDecoder } from '../probe/decode-entry.js';
import { ProbeRunner } from '../probe/runner.js';
import { entryVariants } from '../probe/variants.js';
import type { FaultscopeRecord } from '../record/record.js';
import { EntryPolicy } from './entry-policy.js';
import type { SessionOptions } from './session.js';
import { mapKeysFor, ticks } from './threads-set.js';

/** Looks after bpf/entry.bt: runs it when asked to, or while it costs next to nothing. It fails alone. */
export class EntrySet {
  readonly policy = new EntryPolicy();
  readonly #options: SessionOptions;
  readonly #emit: (record: FaultscopeRecord) => void;
  #runner: ProbeRunner | undefined;
  #mode: 'on' | 'off' | 'auto';
  /** Starts and stops follow one another, never overlap. */
  #change: Promise<void> = Promise.resolve();
  #heldBack: string | null = null;
  #saidWhyNot = false;
  #closed = false;

  constructor(options: SessionOptions, emit: (record: FaultscopeRecord) => void) {
    this.#options = options;
    this.#emit = emit;
    this.#mode = options.exact;
  }

  /** Called at every tick. */
  review(): void {
    const affordable = this.#mode === 'auto' && this.policy.affordable(this.#runner !== undefined);
    const wanted = this.#heldBack === null && (this.#mode === 'on' || affordable);
    if (wanted && this.#runner === undefined) this.#start();
    else if (!wanted && this.#runner !== undefined) this.#end(this.#whyNot());
    else if (!wanted && !this.#saidWhyNot) this.#explain(this.#whyNot());
  }

  /** Returns whether it is wanted now. */
  toggle(): boolean {
    this.#heldBack = null;
    this.#mode = this.#runner === undefined ? 'on' : 'off';
    this.review();
    return this.#mode === 'on';
  }

  /** Whatever it costs or would cost, it does not run until this is taken back with null. */
  holdBack(why: string | null): void {
    this.#heldBack = why;
    this.review();
  }

  /** Of its bpftrace; null while it does not run. */
  get pid(): number | null {
    return this.#runner?.pid ?? null;
  }

  /** For good. */
  async stop(): Promise<void> {
    this.#closed = true;
    // Also one that is only starting.
    await this.#runner?.stop();
    await this.#change;
  }

  #start(): void {
    const { target, intervalMs, threads, bpftrace, host } = this.#options;
    const runner = new ProbeRunner({
      set: 'entry',
      bpftrace,
      host,
      variants: entryVariants(host.arch),
      args: [target.pid, ticks(intervalMs)].map(String),
      mapKeys: mapKeysFor(threads),
      decoder: () => new EntryDecoder(),
      emit: this.#emit,
      nowNs: monotonicNs,
    });
    this.#runner = runner;
    const failed = (): void => {
      if (this.#runner !== runner) return;
      // The runner has said why in a record; it is not tried again unless asked for.
      this.#mode = 'off';
      this.#saidWhyNot = true;
      this.#runner = undefined;
    };
    this.#change = this.#change.then(() => (this.#closed ? undefined : runner.start())).catch(failed);
    runner.failed.then(failed);
  }

  #end(detail: string): void {
    const runner = this.#runner;
    this.#runner = undefined;
    this.#change = this.#change.then(() => runner?.stop()).then(() => this.#explain(detail));
  }

  #whyNot(): string {
    if (this.#heldBack !== null) return this.#heldBack;
    if (this.#mode === 'off') return 'switched off';
    const cost = this.policy.costOfACore;
    return cost === null ? 'not known yet what it would cost' : `would cost ${(cost * 100).toFixed(1)} % of a core`;
  }

  #explain(detail: string): void {
    this.#saidWhyNot = true;
    this.#emit({ kind: 'probe', atNs: monotonicNs(), set: 'entry', state: 'stopped', variant: null, detail });
  }
}
