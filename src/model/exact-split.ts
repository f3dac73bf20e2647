import { TIME_PARTS, type TimePart } from './cause.js';
import type { TimeSplit } from './snapshot.js';
import { emptySplit, type MutableTimeSplit } from './time-split.js';

/**
 * Splits summed up without rounding: a day of a thousand threads has more nanoseconds than a number holds exactly (2^53,
 * which are 104 days). Only what is read is rounded, to the nearest number there is.
 */
export class ExactSplit {
  readonly #sums = new Map<TimePart, bigint>(TIME_PARTS.map((part) => [part, 0n]));

  add(split: TimeSplit): void {
    for (const part of TIME_PARTS) this.addTo(part, split[part]);
  }

  /** Whole nanoseconds. */
  addTo(part: TimePart, ns: number): void {
    if (ns !== 0) this.#sums.set(part, (this.#sums.get(part) ?? 0n) + BigInt(ns));
  }

  /** By part. */
  split(): MutableTimeSplit {
    const split = emptySplit();
    for (const [part, sum] of this.#sums) split[part] = Number(sum);
    return split;
  }

  /** Of some parts together. */
  sumOf(parts: readonly TimePart[]): number {
    return Number(parts.reduce((sum, part) => sum + (this.#sums.get(part) ?? 0n), 0n));
  }
}
