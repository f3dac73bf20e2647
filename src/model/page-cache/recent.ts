import { RATE_SECONDS } from '../page-cache-view.js';

/** Rates by name over the last seconds: what comes once an interval, a little early or late, gives an even figure. */
export class Recent {
  #current = new Map<string, number>();
  #spans: { readonly seconds: number; readonly amounts: ReadonlyMap<string, number> }[] = [];

  add(key: string, amount: number): void {
    if (amount > 0) this.#current.set(key, (this.#current.get(key) ?? 0) + amount);
  }

  /** So many seconds have passed since the last call. */
  tick(seconds: number): void {
    this.#spans.push({ seconds, amounts: this.#current });
    this.#current = new Map();
    while (this.#seconds(1) >= RATE_SECONDS) this.#spans.shift();
  }

  /** By name, a second; names that did not occur are not in it. */
  rates(): ReadonlyMap<string, number> {
    const seconds = this.#seconds(0);
    const sums = new Map<string, number>();
    for (const { amounts } of this.#spans) {
      for (const [key, amount] of amounts) sums.set(key, (sums.get(key) ?? 0) + amount / seconds);
    }
    return sums;
  }

  #seconds(from: number): number {
    return this.#spans.slice(from).reduce((sum, { seconds }) => sum + seconds, 0);
  }
}
