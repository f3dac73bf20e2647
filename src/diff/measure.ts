import type { HistogramCell, Snapshot } from '../model/snapshot.js';
import type { Sums } from './ratio-estimate.js';

/** `share`: of time, 0 to 1. `threads`, `cpus`: how many at a time, on average. */
export type Unit = 'share' | 'per-second' | 'per-minute' | 'per-request' | 'threads' | 'cpus' | 'duration';

/** What two sessions are compared by. */
export type Measure = RatioMeasure | QuantileMeasure;

interface MeasureFacts {
  /** As in `--fail-if`. */
  readonly id: string;
  /** As it stands in a table; a few words in lower case. */
  readonly name: string;
  readonly unit: Unit;
  /** Which way is better; null where more or less is neither: it shows what else was different. */
  readonly better: 'lower' | 'higher' | null;
  /** What it takes to be measured, for where it was not. */
  readonly needs: string;
}

export interface RatioMeasure extends MeasureFacts {
  readonly kind: 'ratio';
  /** Since the session began; null where it is not measured. */
  sums(snapshot: Snapshot): Sums | null;
}

export interface QuantileMeasure extends MeasureFacts {
  readonly kind: 'quantile';
  readonly q: number;
  readonly of: HistogramName;
}

export type HistogramName = 'faults' | 'requests';

export const HISTOGRAMS: { readonly [name in HistogramName]: (snapshot: Snapshot) => readonly HistogramCell[] } = {
  faults: ({ totals }) => totals.faultHistogram,
  requests: ({ requests }) => requests?.histogram ?? [],
};
