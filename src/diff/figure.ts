import type { Figure } from './difference.js';
import { HISTOGRAMS, type Measure, type QuantileMeasure, type RatioMeasure } from './measure.js';
import { countOf, quantileInterval, quantileOf } from './quantile-estimate.js';
import { ratioEstimate } from './ratio-estimate.js';
import type { Side } from './side.js';

/** In less time a session has shown too little of how it varies. */
export const LEAST_SESSION_NS = 10e9;

/** As many events must lie beyond a percentile for it to mean something. */
const LEAST_BEYOND = 5;

/** A figure of one session; `figure` is null where it cannot be said how far it may be off, and `why` then says why. */
export interface MeasuredFigure {
  readonly value: number;
  readonly figure: Figure | null;
  readonly why: string | null;
}

/** Null where it was not measured. */
export function figureOf(measure: Measure, side: Side): MeasuredFigure | null {
  return measure.kind === 'ratio' ? ratioFigure(measure, side) : quantileFigure(measure, side);
}

function ratioFigure(measure: RatioMeasure, { snapshot, readings }: Side): MeasuredFigure | null {
  const sums = measure.sums(snapshot);
  if (sums === null || sums.per <= 0) return null;
  const value = sums.amount / sums.per;
  const estimate = isTooShort(snapshot.window) ? null : ratioEstimate(readings.sumsOf(measure.id));
  if (estimate === null) return { value, figure: null, why: TOO_SHORT };
  const high = value + estimate.halfWidth;
  const figure = {
    value,
    low: Math.max(0, value - estimate.halfWidth),
    high: measure.unit === 'share' ? Math.min(1, high) : high,
  };
  return { value, figure, why: null };
}

function quantileFigure(measure: QuantileMeasure, { snapshot, readings }: Side): MeasuredFigure | null {
  const cells = HISTOGRAMS[measure.of](snapshot);
  const value = quantileOf(cells, measure.q);
  if (value === null) return null;
  const least = Math.round(LEAST_BEYOND / (1 - measure.q));
  if (countOf(cells) < least) return { value, figure: null, why: `takes ${least} ${measure.of}` };
  const interval = isTooShort(snapshot.window) ? null : quantileInterval(readings.histogramsOf(measure.of), measure.q);
  if (interval === null) return { value, figure: null, why: TOO_SHORT };
  return {
    value,
    figure: { value, low: Math.min(value, interval.low), high: Math.max(value, interval.high) },
    why: null,
  };
}

const TOO_SHORT = 'too short to tell';

function isTooShort({ durationNs }: { readonly durationNs: number }): boolean {
  return durationNs < LEAST_SESSION_NS;
}
