import type { Distribution, HistogramCell } from './snapshot.js';

/**
 * Log-linear buckets as bpf/threads.bt and bpf/entry.bt fill them: four to an octave, so that the middle of a bucket is
 * at most 12.5 % from any value in it. Buckets 0 to 3 are the values themselves; bucket 4b+m spans
 * [(4+m) << (b-2), (5+m) << (b-2)) nanoseconds.
 */
export function bucketRange(bucket: number): { fromNs: number; toNs: number } {
  if (bucket < 4) return { fromNs: bucket, toNs: bucket + 1 };
  const width = 2 ** ((bucket >> 2) - 2);
  const from = (4 + (bucket & 3)) * width;
  return { fromNs: from, toNs: from + width };
}

/** The bucket that a duration in whole nanoseconds falls in. */
export function bucketOf(ns: number): number {
  if (ns < 4) return Math.max(0, ns);
  let octave = 2;
  while (2 ** (octave + 1) <= ns) octave += 1;
  return octave * 4 + (Math.floor(ns / 2 ** (octave - 2)) & 3);
}

interface Cell {
  count: number;
  totalNs: number;
}

/** Counts and sums by bucket, and the largest value seen, which is exact. */
export class Histogram {
  /** For where there is nothing; never added to. */
  static readonly empty = new Histogram();

  readonly #cells = new Map<number, Cell>();
  #count = 0;
  #maxNs = 0;

  get count(): number {
    return this.#count;
  }

  /** All values together. */
  get totalNs(): number {
    let sum = 0;
    for (const cell of this.#cells.values()) sum += cell.totalNs;
    return sum;
  }

  /** Whole nanoseconds; null where there is none. */
  get meanNs(): number | null {
    return this.#count === 0 ? null : Math.round(this.totalNs / this.#count);
  }

  /** Without `totalNs`, the sum of these values, they are taken to lie in the middle of the bucket. */
  add(bucket: number, count: number, maxNs: number, totalNs = count * (MIDDLES[bucket] ?? 0)): void {
    let cell = this.#cells.get(bucket);
    if (cell === undefined) {
      cell = { count: 0, totalNs: 0 };
      this.#cells.set(bucket, cell);
    }
    cell.count += count;
    cell.totalNs += totalNs;
    this.#count += count;
    this.#maxNs = Math.max(this.#maxNs, maxNs);
  }

  addAll(other: Histogram): void {
    for (const [bucket, { count, totalNs }] of other.#cells) this.add(bucket, count, other.#maxNs, totalNs);
  }

  distribution(): Distribution {
    if (this.#count === 0) return NOTHING;
    const cells = [...this.#cells].sort(([a], [b]) => a - b).map(([, cell]) => cell);
    return {
      count: this.#count,
      p50Ns: this.#quantile(cells, 0.5),
      p90Ns: this.#quantile(cells, 0.9),
      p99Ns: this.#quantile(cells, 0.99),
      maxNs: this.#maxNs,
    };
  }

  cells(): HistogramCell[] {
    if (this.#count === 0) return [];
    return [...this.#cells]
      .filter(([, { count }]) => count > 0)
      .sort(([a], [b]) => a - b)
      .map(([bucket, { count }]) => {
        // By name: made with a spread, such an object takes five times the memory, and there are hundreds of thousands.
        const { fromNs, toNs } = bucketRange(bucket);
        return { fromNs, toNs, count };
      });
  }

  /** The nearest-rank quantile: the mean of its bucket, never above the maximum. */
  #quantile(cells: readonly Cell[], q: number): number {
    let left = Math.ceil(q * this.#count);
    for (const { count, totalNs } of cells) {
      left -= count;
      if (left <= 0) return Math.min(this.#maxNs, Math.floor(totalNs / count));
    }
    return this.#maxNs;
  }
}

/** Of 64 bits of nanoseconds. */
const BUCKETS = 256;

const MIDDLES = Float64Array.from({ length: BUCKETS }, (_, bucket) => {
  const { fromNs, toNs } = bucketRange(bucket);
  return bucket < 4 ? fromNs : Math.floor((fromNs + toNs) / 2);
});

const NOTHING: Distribution = { count: 0, p50Ns: null, p90Ns: null, p99Ns: null, maxNs: null };
