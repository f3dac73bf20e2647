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

/** Counts by bucket, and the largest value seen, which is exact. */
export class Histogram {
  /** For where there is nothing; never added to. */
  static readonly empty = new Histogram();

  readonly #counts = new Map<number, number>();
  #count = 0;
  #maxNs = 0;

  get count(): number {
    return this.#count;
  }

  add(bucket: number, count: number, maxNs: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#count += count;
    this.#maxNs = Math.max(this.#maxNs, maxNs);
  }

  addAll(other: Histogram): void {
    for (const [bucket, count] of other.#counts) this.add(bucket, count, other.#maxNs);
  }

  distribution(): Distribution {
    if (this.#count === 0) return NOTHING;
    const buckets = [...this.#counts].sort(([a], [b]) => a - b);
    return {
      count: this.#count,
      p50Ns: this.#quantile(buckets, 0.5),
      p90Ns: this.#quantile(buckets, 0.9),
      p99Ns: this.#quantile(buckets, 0.99),
      maxNs: this.#maxNs,
    };
  }

  cells(): HistogramCell[] {
    if (this.#count === 0) return [];
    return [...this.#counts]
      .filter(([, count]) => count > 0)
      .sort(([a], [b]) => a - b)
      .map(([bucket, count]) => ({ ...bucketRange(bucket), count }));
  }

  /** The nearest-rank quantile: the middle of its bucket, never above the maximum. */
  #quantile(buckets: readonly (readonly [number, number])[], q: number): number {
    let left = Math.ceil(q * this.#count);
    for (const [bucket, count] of buckets) {
      left -= count;
      if (left <= 0) {
        const { fromNs, toNs } = bucketRange(bucket);
        return Math.min(this.#maxNs, bucket < 4 ? fromNs : Math.floor((fromNs + toNs) / 2));
      }
    }
    return this.#maxNs;
  }
}

const NOTHING: Distribution = { count: 0, p50Ns: null, p90Ns: null, p99Ns: null, maxNs: null };
