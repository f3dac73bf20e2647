/** Ended threads beyond this many lose their rows, those that ended first before the others. */
const MAX_ENDED_ROWS = 5000;

/** What the script counted of a thread is told up to a dump or two after its end; from then on nothing comes any more. */
const QUIET_NS = 20_000_000_000n;
const QUIET_TICKS = 3;

/** A thread that the host has not shown in so long a time, and of which nothing is heard, has ended unseen. */
const UNSEEN_NS = 300_000_000_000n;

interface Word {
  readonly atNs: bigint;
  readonly tick: number;
}

/** One thread's account; src/model/thread-account.ts says what is done with it. */
export interface EndingThread {
  readonly alive: boolean;
  readonly isListed: boolean;
  presumeGone(atNs: bigint): void;
  unlist(): void;
  settle(): void;
}

/** Where accounts are found (src/model/threads.ts). */
export interface EndingThreads<Thread> {
  unseen(): Iterable<Thread>;
  giveUp(thread: Thread): void;
  remove(thread: Thread): void;
}

/** Lets go of what belongs to threads that have ended: first what only further records would need, later their rows. */
export class EndedThreads<Thread extends EndingThread> {
  readonly #threads: EndingThreads<Thread>;
  /** When something was heard of an ended thread last: the oldest first. */
  readonly #recent = new Map<Thread, Word>();
  /** Those with a row, in the order in which they ended. */
  readonly #listed = new Set<Thread>();
  readonly #unseen = new WeakMap<Thread, bigint>();
  #tick = 0;
  #unlisted = 0;
  #presumed = 0;

  constructor(threads: EndingThreads<Thread>) {
    this.#threads = threads;
  }

  /** Threads that have no row any more. */
  get unlisted(): number {
    return this.#unlisted;
  }

  /** Threads whose end was not seen. */
  get presumed(): number {
    return this.#presumed;
  }

  /** Something was told of a thread, by now. */
  heard(account: Thread, atNs: bigint): void {
    this.#recent.delete(account);
    if (account.alive) {
      this.#listed.delete(account);
      this.#unseen.set(account, atNs);
      return;
    }
    this.#threads.giveUp(account);
    this.#recent.set(account, { atNs, tick: this.#tick });
    if (account.isListed) this.#listed.add(account);
  }

  tick(nowNs: bigint): void {
    this.#tick += 1;
    for (const account of this.#threads.unseen()) {
      const heardNs = this.#unseen.get(account);
      if (heardNs === undefined || nowNs - heardNs < UNSEEN_NS) continue;
      account.presumeGone(heardNs);
      this.#presumed += 1;
      this.heard(account, heardNs);
    }
    for (const account of this.#listed) {
      if (this.#listed.size <= MAX_ENDED_ROWS) break;
      this.#unlist(account);
    }
    for (const [account, { atNs, tick }] of this.#recent) {
      if (nowNs - atNs < QUIET_NS || this.#tick - tick < QUIET_TICKS) break;
      this.#recent.delete(account);
      if (account.isListed) account.settle();
      else this.#threads.remove(account);
    }
  }

  #unlist(account: Thread): void {
    this.#unlisted += 1;
    this.#listed.delete(account);
    account.unlist();
    if (!this.#recent.has(account)) this.#threads.remove(account);
  }
}
