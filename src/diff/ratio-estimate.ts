import { studentT } from './student.js';

/** One sum held against another: faults and the seconds they came in. What is wanted is amount / per. */
export interface Sums {
  readonly amount: number;
  readonly per: number;
}

/** A figure with how far it may be off: 95 % intervals reach from value - halfWidth to value + halfWidth. */
export interface Estimate {
  readonly value: number;
  readonly halfWidth: number;
}

/** With fewer spans nothing can be said of how much they differ. */
const LEAST_SPANS = 8;

/**
 * amount / per over all spans of a session, with what chance makes of it, judged by how the spans differ. Successive spans
 * are alike (a burst goes on for a while), which makes a plain standard error far too small. So neighbours are joined until
 * their deviations no longer go together, or few are left (batch means: Law, Simulation Modeling and Analysis, 9.5.3), and
 * what still goes together is made up for as if each deviation held a part of the one before (an autoregressive process of
 * order one), in the error as in the degrees of freedom. docs/diff.md says how well that covers. Null with too few spans.
 */
export function ratioEstimate(spans: readonly Sums[]): Estimate | null {
  let batches = spans.filter(({ per }) => per > 0);
  if (batches.length < LEAST_SPANS) return null;
  let spread = spreadOf(batches);
  while (batches.length >= 2 * LEAST_SPANS && spread.correlation > 0) {
    batches = joined(batches);
    spread = spreadOf(batches);
  }
  const count = batches.length;
  // A correlation from few values comes out too small by about this (Kendall's and Marriott's correction).
  const held = Math.min(MOST_HELD, Math.max(0, spread.correlation + (1 + 4 * spread.correlation) / count));
  const variance = (spread.variance * (1 + held)) / (1 - held);
  const degrees = ((count - 1) * (1 - held ** 2)) / (1 + held ** 2);
  return { value: spread.value, halfWidth: studentT(degrees) * Math.sqrt(variance) };
}

const MOST_HELD = 0.9;

interface Spread {
  readonly value: number;
  /** Of the value, were the batches independent. */
  readonly variance: number;
  /** Of each batch's deviation with that of the next, -1 to 1. */
  readonly correlation: number;
}

/** Cochran, Sampling Techniques, 6.4: the variance of a ratio of two sums. */
function spreadOf(batches: readonly Sums[]): Spread {
  const { amount, per } = total(batches);
  const value = amount / per;
  const deviations = batches.map((batch) => batch.amount - value * batch.per);
  const squares = deviations.reduce((sum, deviation) => sum + deviation ** 2, 0);
  const products = deviations.reduce((sum, deviation, index) => sum + deviation * (deviations[index - 1] ?? 0), 0);
  const count = batches.length;
  return {
    value,
    variance: ((count / (count - 1)) * squares) / per ** 2,
    correlation: squares === 0 ? 0 : products / squares,
  };
}

/** Two and two as one; the last of an odd number goes to the pair before it. */
function joined(batches: readonly Sums[]): Sums[] {
  const pairs = Math.floor(batches.length / 2);
  return Array.from({ length: pairs }, (_, pair) =>
    total(batches.slice(2 * pair, pair === pairs - 1 ? batches.length : 2 * pair + 2)),
  );
}

function total(spans: readonly Sums[]): Sums {
  return spans.reduce((sum, { amount, per }) => ({ amount: sum.amount + amount, per: sum.per + per }), NOTHING);
}

const NOTHING: Sums = { amount: 0, per: 0 };
