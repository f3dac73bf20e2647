import { dropOldest } from './drop-oldest.js';

/** Cells remembered at once where nothing else is said: more than the kernel maps behind them hold. */
export const MOST_CELLS = 2 ** 17;

/**
 * By how much cumulative cells have grown since they were read before. The least recently changed ones are forgotten first;
 * a cell that is less than it was has itself been forgotten where it comes from, and counts anew.
 */
export class Increase {
  readonly #limit: number;
  readonly #latest = new Map<string, readonly number[]>();

  constructor(limit = MOST_CELLS) {
    this.#limit = limit;
  }

  /** They count from nought again. */
  restart(): void {
    this.#latest.clear();
  }

  /** `parts` name the cell: joined here, because a string put together from them would keep them in memory, too. */
  of(parts: readonly (string | number)[], values: readonly number[]): number[] {
    const key = parts.join(' ');
    const before = this.#latest.get(key) ?? [];
    this.#latest.delete(key);
    this.#latest.set(key, values);
    dropOldest(this.#latest, this.#limit);
    const isAnew = values.some((value, index) => value < (before[index] ?? 0));
    return values.map((value, index) => value - (isAnew ? 0 : (before[index] ?? 0)));
  }
}
