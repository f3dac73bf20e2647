import { type Fills, secondOf } from './fills.js';

/** A filler of less than this is named by nobody: beside what filled memory it is chance. */
const LEAST_SHARE = 0.05;
/** Refaults wait so long for the readings around the eviction to be in. */
const SETTLED_AFTER_SECONDS = 10;

/**
 * kswapd evicts on behalf of those who fill memory. Each refault of a page that it evicted is laid to the fillers
 * of that time, by their shares: who filled most is under suspicion, nobody is convicted.
 */
export class Suspects {
  /** Refaults by the second of the eviction, not yet laid to anyone. */
  readonly #open = new Map<number, number>();
  readonly #settled = new Map<string, number>();
  #settledCount = 0;

  add(evictedNs: bigint, refaults: number): void {
    const second = secondOf(evictedNs);
    this.#open.set(second, (this.#open.get(second) ?? 0) + refaults);
  }

  tick(nowNs: bigint, fills: Fills): void {
    for (const [second, refaults] of this.#open) {
      if (second > secondOf(nowNs) - SETTLED_AFTER_SECONDS) continue;
      this.#open.delete(second);
      this.#settledCount += layTo(this.#settled, refaults, fills.sharesAround(second));
      dropLeast(this.#settled);
    }
  }

  /** Fillers by their share of what filled memory when kswapd evicted; what is missing to 1 is of many small ones. */
  shares(fills: Fills): { readonly key: string; readonly share: number }[] {
    const weights = new Map(this.#settled);
    let count = this.#settledCount;
    for (const [second, refaults] of this.#open) count += layTo(weights, refaults, fills.sharesAround(second));
    if (count === 0) return [];
    return Array.from(weights, ([key, weight]) => ({ key, share: weight / count }))
      .filter(({ share }) => share >= LEAST_SHARE)
      .sort((a, b) => b.share - a.share);
  }
}

/** Adds refaults by shares; how many could be laid to anybody. */
function layTo(weights: Map<string, number>, refaults: number, shares: ReadonlyMap<string, number>): number {
  for (const [key, share] of shares) weights.set(key, (weights.get(key) ?? 0) + refaults * share);
  return shares.size === 0 ? 0 : refaults;
}

const MOST_SUSPECTS = 2048;

/** Those that count for least are forgotten; they keep their part of the whole. */
function dropLeast(weights: Map<string, number>): void {
  if (weights.size <= MOST_SUSPECTS) return;
  const least = [...weights].sort(([, a], [, b]) => a - b).slice(0, MOST_SUSPECTS / 2);
  for (const [key] of least) weights.delete(key);
}
