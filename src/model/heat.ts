import { HEAT_ROWS } from './files-view.js';

/** Between half of them and all lie over the touched range once that has as many pages. */
const BUCKETS = 512;

/** A row's first length: for half a minute no two are merged. */
const FIRST_SPAN_NS = 5e8;

/** What was faulted in within one span of time. */
interface Row {
  /** Spans since the session began. */
  index: number;
  /** Exact up to 2^24 a bucket. */
  weights: Float32Array;
}

/** A part of a file and the weights in it: `weights[i]` is that of the pages from (firstBucket + i) * bucketPages on. */
export interface Spread {
  readonly firstBucket: number;
  readonly bucketPages: number;
  readonly weights: ArrayLike<number>;
  /** The range in which faults were; `endPage` is exclusive. */
  readonly fromPage: number;
  readonly endPage: number;
}

/**
 * Weights of single faults over a file's pages, and the same over time, in bounded memory whatever the file's size and the
 * session's length. Buckets are a power of two of pages long and begin at multiples of that; where they no longer reach,
 * neighbours are merged, so that every weight stays in a bucket that holds its page. Spans of time do the same.
 */
export class Heat {
  #bucketPages = 1;
  #firstBucket = 0;
  #fromPage = Number.POSITIVE_INFINITY;
  #endPage = 0;
  #total = new Float64Array(BUCKETS);
  #spanNs = FIRST_SPAN_NS;
  #rows: Row[] = [];
  #weight = 0;
  #squares = 0;
  #samples = 0;

  /** `page` below 2^52, which is all that a file can have. */
  add(page: number, weight: number, atNs: number): void {
    this.#reach(page);
    this.advance(atNs);
    const slot = Math.floor(page / this.#bucketPages) - this.#firstBucket;
    this.#total[slot] = (this.#total[slot] ?? 0) + weight;
    const { weights } = this.#row(Math.floor(atNs / this.#spanNs));
    weights[slot] = (weights[slot] ?? 0) + weight;
    this.#weight += weight;
    this.#squares += weight * weight;
    this.#samples += 1;
  }

  /** Of all faults that it stands for. */
  get weight(): number {
    return this.#weight;
  }

  get samples(): number {
    return this.#samples;
  }

  /** How many faults of equal weight would tell as much (Kish's effective sample size). */
  get effectiveSamples(): number {
    return this.#squares === 0 ? 0 : this.#weight ** 2 / this.#squares;
  }

  spread(): Spread {
    return this.#spreadOf(this.#total);
  }

  /** How long a row is. */
  get spanNs(): number {
    return this.#spanNs;
  }

  /** Rows that have weights, oldest first: `index` spans since the session began. */
  rows(): { readonly index: number; readonly spread: Spread }[] {
    return this.#rows.map(({ index, weights }) => ({ index, spread: this.#spreadOf(weights) }));
  }

  /** Makes rows as long as a session of this length needs. */
  advance(nowNs: number): void {
    while (nowNs >= this.#spanNs * HEAT_ROWS) {
      this.#spanNs *= 2;
      this.#rows = mergedInPairs(this.#rows);
    }
  }

  #spreadOf(weights: ArrayLike<number>): Spread {
    return {
      firstBucket: this.#firstBucket,
      bucketPages: this.#bucketPages,
      weights,
      fromPage: this.#fromPage,
      endPage: this.#endPage,
    };
  }

  /** Records come nearly in order of time, so that its row is nearly always the last. */
  #row(index: number): Row {
    let at = this.#rows.length;
    while (at > 0 && (this.#rows[at - 1]?.index ?? 0) > index) at -= 1;
    const before = this.#rows[at - 1];
    if (before?.index === index) return before;
    const row = { index, weights: new Float32Array(BUCKETS) };
    this.#rows.splice(at, 0, row);
    return row;
  }

  /** Brings the page into the range of the buckets. */
  #reach(page: number): void {
    const isFirst = this.#endPage === 0;
    this.#fromPage = Math.min(this.#fromPage, page);
    this.#endPage = Math.max(this.#endPage, page + 1);
    while (this.#lastTouched() - this.#firstTouched() >= BUCKETS) this.#double();
    const bucket = Math.floor(page / this.#bucketPages);
    if (isFirst) this.#firstBucket = bucket;
    // Room is left on the side to which it grew.
    else if (bucket < this.#firstBucket) this.#moveTo(Math.max(0, this.#lastTouched() - BUCKETS + 1));
    else if (bucket >= this.#firstBucket + BUCKETS) this.#moveTo(this.#firstTouched());
  }

  #firstTouched(): number {
    return Math.floor(this.#fromPage / this.#bucketPages);
  }

  #lastTouched(): number {
    return Math.floor((this.#endPage - 1) / this.#bucketPages);
  }

  #double(): void {
    const from = this.#firstBucket;
    this.#bucketPages *= 2;
    this.#firstBucket = Math.floor(from / 2);
    this.#rearrange((slot) => Math.floor((from + slot) / 2) - this.#firstBucket);
  }

  #moveTo(firstBucket: number): void {
    const by = this.#firstBucket - firstBucket;
    this.#firstBucket = firstBucket;
    this.#rearrange((slot) => slot + by);
  }

  #rearrange(slotOf: (slot: number) => number): void {
    this.#total = rearranged(this.#total, new Float64Array(BUCKETS), slotOf);
    for (const row of this.#rows) row.weights = rearranged(row.weights, new Float32Array(BUCKETS), slotOf);
  }
}

function rearranged<Weights extends Float32Array | Float64Array>(
  from: Weights,
  to: Weights,
  slotOf: (slot: number) => number,
): Weights {
  for (let slot = 0; slot < BUCKETS; slot += 1) {
    const weight = from[slot] ?? 0;
    if (weight > 0) to[slotOf(slot)] = (to[slotOf(slot)] ?? 0) + weight;
  }
  return to;
}

function mergedInPairs(rows: readonly Row[]): Row[] {
  const merged: Row[] = [];
  for (const { index, weights } of rows) {
    const last = merged.at(-1);
    if (last !== undefined && last.index === index >> 1) {
      for (let slot = 0; slot < BUCKETS; slot += 1) {
        last.weights[slot] = (last.weights[slot] ?? 0) + (weights[slot] ?? 0);
      }
    } else merged.push({ index: index >> 1, weights });
  }
  return merged;
}
