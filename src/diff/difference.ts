/** Where a figure lies with 95 % certainty. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Figure extends Interval {
  readonly value: number;
}

/**
 * after - before, from an interval of each (Zou and Donner, Construction of confidence limits about effect measures, Statistics
 * in Medicine 27, 2008): unlike adding variances, it keeps intervals uneven that are so.
 */
export function differenceOf(before: Figure, after: Figure): Interval {
  const change = after.value - before.value;
  return {
    low: change - Math.hypot(after.value - after.low, before.high - before.value),
    high: change + Math.hypot(after.high - after.value, before.value - before.low),
  };
}

/** The same for durations, which spread by factors: the ratio's interval, as a difference from `before`. */
export function durationDifferenceOf(before: Figure, after: Figure): Interval {
  const { low, high } = differenceOf(logarithmOf(before), logarithmOf(after));
  return { low: before.value * Math.expm1(low), high: before.value * Math.expm1(high) };
}

function logarithmOf({ value, low, high }: Figure): Figure {
  const log = (ns: number): number => Math.log(Math.max(1, ns));
  return { value: log(value), low: log(low), high: log(high) };
}
