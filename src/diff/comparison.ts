import { differenceOf, durationDifferenceOf, type Interval } from './difference.js';
import { figureOf, type MeasuredFigure } from './figure.js';
import type { Measure, Unit } from './measure.js';
import { MEASURES } from './measures.js';
import type { Side } from './side.js';

/**
 * `higher`, `lower`: it changed, which is neither good nor bad in itself. `noise`: no more than chance does, or too little to
 * matter. `too-short`: too little was seen to tell. `not-comparable`: one of the two did not measure it.
 */
export const VERDICTS = ['better', 'worse', 'higher', 'lower', 'noise', 'too-short', 'not-comparable'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One figure in both sessions. */
export interface Comparison {
  readonly measure: Measure;
  /** Null where it was not measured. */
  readonly before: number | null;
  readonly after: number | null;
  /** after - before; null unless both are known. */
  readonly change: number | null;
  /** Of the change, 95 %; null where it cannot be told. */
  readonly interval: Interval | null;
  readonly verdict: Verdict;
  /** What the verdict rests on where the interval does not say it; null where it does. */
  readonly why: string | null;
}

/** All that at least one of the two has measured, in the order of {@link MEASURES}. */
export function comparisonsOf(before: Side, after: Side): Comparison[] {
  return MEASURES.flatMap((measure) => {
    const figures = { before: figureOf(measure, before), after: figureOf(measure, after) };
    return figures.before === null && figures.after === null ? [] : [compare(measure, figures.before, figures.after)];
  });
}

function compare(measure: Measure, before: MeasuredFigure | null, after: MeasuredFigure | null): Comparison {
  const known = { measure, before: before?.value ?? null, after: after?.value ?? null };
  if (before === null || after === null) {
    const where = before === null ? 'before' : 'after';
    const why = `not measured ${where}: takes ${measure.needs}`;
    return { ...known, change: null, interval: null, verdict: 'not-comparable', why };
  }
  const change = after.value - before.value;
  if (before.figure === null || after.figure === null) {
    const why = before.why ?? after.why;
    return { ...known, change, interval: null, verdict: 'too-short', why };
  }
  const difference = measure.unit === 'duration' ? durationDifferenceOf : differenceOf;
  const interval = difference(before.figure, after.figure);
  return { ...known, change, interval, ...verdictOf(measure, known.before ?? 0, change, interval) };
}

type Ruling = Pick<Comparison, 'verdict' | 'why'>;

function verdictOf({ unit, better }: Measure, before: number, change: number, { low, high }: Interval): Ruling {
  if (low <= 0 && high >= 0) return { verdict: 'noise', why: null };
  if (Math.abs(change) < leastChange(unit, before, before + change))
    return { verdict: 'noise', why: 'too small to matter' };
  const direction = change < 0 ? 'lower' : 'higher';
  if (better === null) return { verdict: direction, why: null };
  return { verdict: direction === better ? 'better' : 'worse', why: null };
}

/**
 * Two runs of one program differ by more than chance within each: what ran beside it, which pages happened to be in memory.
 * The interval knows nothing of that; changes below these are not told as such (docs/diff.md, "What it does not know").
 */
const LEAST_FRACTION = 0.1;
const LEAST_CHANGE: { readonly [unit in Unit]: number } = {
  share: 0.01,
  'per-second': 1,
  'per-minute': 1,
  'per-request': 0.01,
  threads: 0.02,
  cpus: 0.02,
  duration: 0,
};

/** Percentiles are read from buckets: where in one they lie is not known (src/model/histogram.ts). */
const DURATION_FRACTION = 0.125;

function leastChange(unit: Unit, before: number, after: number): number {
  const fraction = unit === 'duration' ? DURATION_FRACTION : LEAST_FRACTION;
  return Math.max(LEAST_CHANGE[unit], fraction * Math.max(before, after));
}
