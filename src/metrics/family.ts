import type { HistogramCell } from '../model/snapshot.js';
import { safeText } from '../text/safe.js';

/** Names and values of labels; values may be outside strings until a family is made of them. */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  /** What follows the family's name: `_total`, `_bucket`... */
  readonly suffix: string;
  readonly labels: Labels;
  /** Finite. */
  readonly value: number;
}

/** What tells a sample from the others of its family. */
export function seriesKey({ suffix, labels }: Pick<Sample, 'suffix' | 'labels'>): string {
  return JSON.stringify([suffix, labels]);
}

/** A metric family of OpenMetrics 1.0: everything that has one name. No two samples have the same suffix and labels. */
export interface Family {
  /** Without the suffix of its samples; ends in the unit where it has one. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'info';
  readonly unit: 'seconds' | 'ratio' | null;
  /** One sentence. */
  readonly help: string;
  readonly samples: readonly Sample[];
  /** Of a counter whose labels come from what the target does: they change as time goes by. Absent: they are a fixed few. */
  readonly open?: OpenLabels;
}

/** What stands for all that is not told apart. */
export interface OpenLabels {
  readonly others: Labels;
}

type About = Pick<Family, 'name' | 'help' | 'open'>;
type Point = readonly [labels: Labels, value: number];

/** Counts things. Points whose labels look the same once they are safe are added up. */
export function counter(about: About, points: readonly Point[]): Family {
  return { ...about, type: 'counter', unit: null, samples: summed('_total', points) };
}

/** Counts time, given in ns. */
export function secondsCounter(about: About, points: readonly Point[]): Family {
  const samples = summed('_total', points).map(({ value, ...rest }) => ({ ...rest, value: value / 1e9 }));
  return { ...about, type: 'counter', unit: 'seconds', samples };
}

export function gauges(about: About, points: readonly Point[]): Family {
  return { ...about, type: 'gauge', unit: null, samples: summed('', points) };
}

/** None where the value is not known. */
export function gauge(about: About, labels: Labels, value: number | null): Family[] {
  return value === null ? [] : [gauges(about, [[labels, value]])];
}

/** A share of the whole; none where it is not known. */
export function ratio(about: About, labels: Labels, value: number | null): Family[] {
  return gauge(about, labels, value).map((family) => ({ ...family, unit: 'ratio' }));
}

export function info(about: About, labels: Labels): Family {
  return { ...about, type: 'info', unit: null, samples: summed('_info', [[labels, 1]]) };
}

/** Powers of two of ns, 4 us to 17 s: bounds that the log-linear buckets of the kernel scripts share, and always the same. */
const OCTAVES = Array.from({ length: 23 }, (_, index) => 2 ** (12 + index));

/** Of durations, by the cells of a log-linear histogram and their sum in ns. */
export function secondsHistogram(
  about: About,
  labels: Labels,
  { cells, totalNs }: { readonly cells: readonly HistogramCell[]; readonly totalNs: number },
): Family {
  const upTo = (boundNs: number) => cells.reduce((sum, { toNs, count }) => sum + (toNs <= boundNs ? count : 0), 0);
  const count = upTo(Number.POSITIVE_INFINITY);
  // Cells end before their bound, buckets at it: of whole nanoseconds, one less.
  const buckets = OCTAVES.map((boundNs): Point => [{ ...labels, le: String((boundNs - 1) / 1e9) }, upTo(boundNs)]);
  const samples = [
    ...summed('_bucket', [...buckets, [{ ...labels, le: '+Inf' }, count]]),
    ...summed('_count', [[labels, count]]),
    ...summed('_sum', [[labels, totalNs / 1e9]]),
  ];
  return { ...about, type: 'histogram', unit: 'seconds', samples };
}

function summed(suffix: string, points: readonly Point[]): Sample[] {
  const sums = new Map<string, { labels: Labels; value: number }>();
  for (const [labels, value] of points) {
    const safe = Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, safeText(text)]));
    const key = JSON.stringify(safe);
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { labels: safe, value });
    else known.value += value;
  }
  return Array.from(sums.values(), (sum) => ({ suffix, ...sum }));
}
