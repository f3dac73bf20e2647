/** Lets a few start at a time: a bpftrace that compiles takes most of a CPU for half a second. */
export class Turnstile {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Carries out `start` when its turn comes, then waits outside for what it promises. Throws what either throws. */
  async pass<T>(start: () => Promise<{ later: Promise<T> }>): Promise<T> {
    await this.#enter();
    let started: { later: Promise<T> };
    try {
      started = await start();
    } finally {
      this.#leave();
    }
    return started.later;
  }

  #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
