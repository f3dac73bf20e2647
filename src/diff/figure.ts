import type { Figure, Interval } from './difference.js';
import { HISTOGRAMS, type Measure, type QuantileMeasure, type RatioMeasure } from './measure.js';
import { countOf, quantileInterval, quantileOf } from './quantile-estimate.js';
import { ratioEstimate, type Sums } from './ratio-estimate.js';
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
  const spans = readings.sumsOf(measure.id);
  const estimate = isTooShort(snapshot.window) ? null : ratioEstimate(spans);
  if (estimate === null) return { value, figure: null, why: TOO_SHORT };
  const { low, high } = intervalAround(value, estimate.halfWidth, spans);
  return { value, figure: { value, low, high: measure.unit === 'share' ? Math.min(1, high) : high }, why: null };
}

/**
 * What goes on nearly all of the time is not nought, however much it swings: it swings by factors. What comes now and then may well
 * be nought in another session.
 */
function intervalAround(value: number, halfWidth: number, spans: readonly Sums[]): Interval {
  const busy = spans.filter(({ amount }) => amount > 0).length;
  if (value <= 0 || busy < MOSTLY * spans.length)
    return { low: Math.max(0, value - halfWidth), high: value + halfWidth };
  const factor = Math.exp(halfWidth / value);
  return { low: value / factor, high: value * factor };
}

const MOSTLY = 0.75;

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
