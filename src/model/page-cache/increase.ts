/** Cells remembered at once: more than the kernel maps behind them hold. */
const MOST_CELLS = 2 ** 17;

/**
 * By how much cumulative cells have grown since they were read before. The least recently changed ones are forgotten first;
 * a cell that is less than it was has itself been forgotten where it comes from, and counts anew.
 */
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
    const isAnew = values.some((value, index) => value < (before[index] ?? 0));
    return values.map((value, index) => value - (isAnew ? 0 : (before[index] ?? 0)));
  }
}
