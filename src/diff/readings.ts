import type { HistogramCell, Snapshot } from '../model/snapshot.js';
import type { Trace } from '../model/trace.js';
import { HISTOGRAMS, type HistogramName } from './measure.js';
import { MEASURES } from './measures.js';
import { grownCells } from './quantile-estimate.js';
import type { Sums } from './ratio-estimate.js';

/** However long the session: more do not tell more. */
const MOST_READINGS = 256;

/** What all measures had come to at one moment, since the session began. */
interface Reading {
  readonly sums: ReadonlyMap<string, Sums>;
  readonly histograms: { readonly [name in HistogramName]: readonly HistogramCell[] };
}

/**
 * The course of a session, as far as it takes to tell a change from noise: fed at each tick, it keeps readings at even
 * distances, and leaves every second one out whenever they are many.
 */
export class Readings {
  #readings: Reading[] = [];
  #distance = 1;
  #ticks = 0;

  take(trace: Trace): void {
    this.#ticks += 1;
    if (this.#ticks % this.#distance === 0) this.add(trace.snapshot());
  }

  add(snapshot: Snapshot): void {
    this.#readings.push(readingOf(snapshot));
    if (this.#readings.length <= MOST_READINGS) return;
    this.#readings = this.#readings.filter((_, index) => index % 2 === 1);
    this.#distance *= 2;
  }

  /** What each span between two readings brought. */
  sumsOf(measure: string): Sums[] {
    let before: Sums = { amount: 0, per: 0 };
    return this.#readings.flatMap(({ sums }) => {
      const now = sums.get(measure);
      if (now === undefined) return [];
      const grown = { amount: now.amount - before.amount, per: now.per - before.per };
      before = now;
      return [grown];
    });
  }

  histogramsOf(name: HistogramName): HistogramCell[][] {
    let before: readonly HistogramCell[] = [];
    return this.#readings.map(({ histograms }) => {
      const grown = grownCells(histograms[name], before);
      before = histograms[name];
      return grown;
    });
  }
}

function readingOf(snapshot: Snapshot): Reading {
  const sums = new Map<string, Sums>();
  for (const measure of MEASURES) {
    const now = measure.kind === 'ratio' ? measure.sums(snapshot) : null;
    if (now !== null) sums.set(measure.id, now);
  }
  return { sums, histograms: { faults: HISTOGRAMS.faults(snapshot), requests: HISTOGRAMS.requests(snapshot) } };
}
