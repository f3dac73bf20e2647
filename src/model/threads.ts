import type { RuntimeFacts } from '../record/record.js';
import { ThreadAccount } from './thread-account.js';

/** Finds the account of a thread, by what the host calls it (start time) and by what the kernel script does. */
export class Threads {
  /** In order of appearance. */
  readonly #byId = new Map<string, ThreadAccount>();
  /** By tid, the one that was asked for last: a key that is no string, a million times a session. */
  readonly #latest = new Map<number, { readonly generation: number; readonly account: ThreadAccount }>();
  readonly #arch: string;
  /** Those that a record was about since the last {@link takeTouched}. */
  #touched = new Set<ThreadAccount>();
  /** Those that the host has not shown: only the kernel script told of them. */
  readonly #unseen = new Set<ThreadAccount>();
  #runtime: RuntimeFacts['kind'] | null = null;
  #rekeyed = 0;

  constructor(arch: string) {
    this.#arch = arch;
  }

  /** `startTicks` from /proc. */
  byStart(tid: number, startTicks: number): ThreadAccount {
    const account = this.byGeneration(tid, startTicks & GENERATION_MASK);
    this.#unseen.delete(account);
    return account;
  }

  /** `generation` from the kernel script: the low 14 bits of the same start time. */
  byGeneration(tid: number, generation: number): ThreadAccount {
    let account = this.find(tid, generation);
    // Nothing more comes of that one: another thread has its tid and, 164 s or a multiple later, its generation.
    if (account?.isSettled === true) {
      this.#rekey(account);
      account = undefined;
    }
    if (account === undefined) {
      account = new ThreadAccount(`${tid}.${generation}`, tid, this.#arch);
      account.runUnder(this.#runtime);
      this.#byId.set(account.id, account);
      this.#unseen.add(account);
    }
    this.#touched.add(account);
    return account;
  }

  /**
   * A thread other than the first that calls execve(2) takes over the first one's tid and start time (de_thread() in
   * fs/exec.c), with clocks of its own: the row of the ended thread is kept, under another key, and a new one begun. Not
   * so where a thread's first switch-out, at `atNs`, is only told after its last one, which came from another CPU.
   */
  beginAnew(tid: number, generation: number, atNs: bigint): ThreadAccount {
    const account = this.find(tid, generation);
    if (account !== undefined && account.endedNs !== null && atNs > account.endedNs) this.#rekey(account);
    return this.byGeneration(tid, generation);
  }

  /** `startTicks` from /proc: of a thread that the host no longer finds. */
  findByStart(tid: number, startTicks: number): ThreadAccount | undefined {
    const account = this.find(tid, startTicks & GENERATION_MASK);
    if (account !== undefined) this.#touched.add(account);
    return account;
  }

  find(tid: number, generation: number): ThreadAccount | undefined {
    const latest = this.#latest.get(tid);
    if (latest?.generation === generation) return latest.account;
    const account = this.#byId.get(`${tid}.${generation}`);
    if (account !== undefined) this.#latest.set(tid, { generation, account });
    return account;
  }

  /** All of them, also those that come later. */
  runUnder(runtime: RuntimeFacts['kind']): void {
    if (runtime === this.#runtime) return;
    this.#runtime = runtime;
    for (const account of this.#byId.values()) {
      account.runUnder(runtime);
      this.#touched.add(account);
    }
  }

  /** Those that have a row, in order of appearance. */
  *list(): Generator<ThreadAccount> {
    for (const account of this.#byId.values()) if (account.isListed) yield account;
  }

  /** Those whose figures may have changed since the last call. */
  takeTouched(): Iterable<ThreadAccount> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** Those that the host has not shown. */
  unseen(): Iterable<ThreadAccount> {
    return this.#unseen;
  }

  /** It is not waited for any more that the host shows it. */
  giveUp(account: ThreadAccount): void {
    this.#unseen.delete(account);
  }

  remove(account: ThreadAccount): void {
    this.#forget(account);
    this.#unseen.delete(account);
  }

  #rekey(account: ThreadAccount): void {
    this.#rekeyed += 1;
    this.#forget(account);
    account.changeId(`${account.id}.${this.#rekeyed}`);
    this.#byId.set(account.id, account);
  }

  #forget(account: ThreadAccount): void {
    this.#byId.delete(account.id);
    if (this.#latest.get(account.tid)?.account === account) this.#latest.delete(account.tid);
  }
}

const GENERATION_MASK = 0x3fff;
