import type { RuntimeFacts } from '../record/record.js';
import { ThreadAccount } from './thread-account.js';

/** Finds the account of a thread, by what the host calls it (start time) and by what the kernel script does. */
export class Threads {
  readonly #byKey = new Map<string, ThreadAccount>();
  readonly #arch: string;
  #runtime: RuntimeFacts['kind'] | null = null;

  constructor(arch: string) {
    this.#arch = arch;
  }

  /** `startTicks` from /proc. */
  byStart(tid: number, startTicks: number): ThreadAccount {
    return this.byGeneration(tid, startTicks & GENERATION_MASK);
  }

  /** `generation` from the kernel script: the low 14 bits of the same start time. */
  byGeneration(tid: number, generation: number): ThreadAccount {
    const id = `${tid}.${generation}`;
    let account = this.#byKey.get(id);
    if (account === undefined) {
      account = new ThreadAccount(id, tid, this.#arch);
      account.runUnder(this.#runtime);
      this.#byKey.set(id, account);
    }
    return account;
  }

  /**
   * A thread other than the first that calls execve(2) takes over the first one's tid and start time (de_thread() in
   * fs/exec.c), with clocks of its own: the row of the ended thread is kept, under another key, and a new one begun. Not
   * so where a thread's first switch-out, at `atNs`, is only told after its last one, which came from another CPU.
   */
  beginAnew(tid: number, generation: number, atNs: bigint): ThreadAccount {
    const account = this.find(tid, generation);
    if (account === undefined || account.endedNs === null || atNs <= account.endedNs)
      return this.byGeneration(tid, generation);
    this.#byKey.delete(account.id);
    account.changeId(`${account.id}.${this.#byKey.size}`);
    this.#byKey.set(account.id, account);
    return this.byGeneration(tid, generation);
  }

  /** `startTicks` from /proc. */
  findByStart(tid: number, startTicks: number): ThreadAccount | undefined {
    return this.find(tid, startTicks & GENERATION_MASK);
  }

  find(tid: number, generation: number): ThreadAccount | undefined {
    return this.#byKey.get(`${tid}.${generation}`);
  }

  /** All of them, also those that come later. */
  runUnder(runtime: RuntimeFacts['kind']): void {
    if (runtime === this.#runtime) return;
    this.#runtime = runtime;
    for (const account of this.#byKey.values()) account.runUnder(runtime);
  }

  /** In order of appearance. */
  list(): Iterable<ThreadAccount> {
    return this.#byKey.values();
  }

  remove(account: ThreadAccount): void {
    this.#byKey.delete(account.id);
  }
}

const GENERATION_MASK = 0x3fff;
