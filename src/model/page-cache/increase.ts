/** Cells remembered at once: more than the kernel maps behind them hold. */
const MOST_CELLS = 2 ** 17;

/** By how much cumulative cells have grown since they were read before. The least recently changed ones are forgotten first. */
export class Increase {
  readonly #latest = new Map<string, readonly number[]>();

  /** They count from nought again. */
  restart(): void {
    this.#latest.clear();
  }

  of(key: string, values: readonly number[]): number[] {
    const before = this.#latest.get(key) ?? [];
    this.#latest.delete(key);
    this.#latest.set(key, values);
    if (this.#latest.size > MOST_CELLS) {
      for (const oldest of this.#latest.keys()) {
        this.#latest.delete(oldest);
        break;
      }
    }
    return values.map((value, index) => Math.max(0, value - (before[index] ?? 0)));
  }
}
