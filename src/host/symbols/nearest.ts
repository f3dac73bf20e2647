/** Where a function begins, and how long it is; 0 where that is not known. */
export interface Start<T> {
  readonly start: number;
  readonly size: number;
  /** Whatever its name is found by. */
  readonly token: T;
}

/** Aliases of one function that are looked at. */
const MOST_ALIASES = 16;

/**
 * Finds, for a handful of addresses, the functions that begin closest before them, out of any number of functions that
 * come in no order: nothing is kept of the others.
 */
export class Nearest<T> {
  /** In order. */
  readonly #wanted: Float64Array;
  /** Between the address before and this one: what begins last. */
  readonly #best: (Start<T>[] | undefined)[];

  constructor(addresses: Iterable<number>) {
    this.#wanted = Float64Array.from(new Set(addresses)).sort();
    this.#best = Array.from({ length: this.#wanted.length });
  }

  /** Where a function that begins there would matter; -1 where it would not. */
  slot(start: number): number {
    let [low, high] = [0, this.#wanted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#wanted[middle] ?? 0) >= start) high = middle;
      else low = middle + 1;
    }
    if (low === this.#wanted.length) return -1;
    const best = this.#best[low]?.[0];
    return best === undefined || best.start <= start ? low : -1;
  }

  /** `slot` is what {@link slot} gave for its start. */
  offer(slot: number, start: number, size: number, token: T): void {
    const best = this.#best[slot];
    if (best === undefined || best[0]?.start !== start) this.#best[slot] = [{ start, size, token }];
    else if (best.length < MOST_ALIASES) best.push({ start, size, token });
  }

  /** For each address the functions (one, and its aliases) that begin closest before or at it and do not end before it. */
  *found(): Generator<{ readonly address: number; readonly functions: readonly Start<T>[] }> {
    let latest: readonly Start<T>[] = [];
    for (const [index, address] of this.#wanted.entries()) {
      latest = this.#best[index] ?? latest;
      const functions = latest.filter(({ start, size }) => size === 0 || address < start + size);
      if (functions.length > 0) yield { address, functions };
    }
  }
}
