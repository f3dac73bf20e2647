import type { Comparison } from './comparison.js';
import type { Diff } from './diff.js';
import type { Measure } from './measure.js';
import { formatChange, formatFigure } from './words.js';

/** What a gate in CI asks: does this hold of the session after, by itself or against the one before? */
export interface Condition {
  /** As it was given. */
  readonly text: string;
  readonly measure: Measure;
  readonly than: '>' | '<';
  /** In the measure's unit; with `before`, on top of, or times, what it was before. */
  readonly limit: { readonly against: 'value' | 'before-plus' | 'before-times'; readonly figure: number };
}

export interface ConditionResult {
  readonly condition: Condition;
  /** `unknown`: it was not measured. A gate must not pass for that, so that it counts as holding. */
  readonly state: 'holds' | 'clear' | 'unknown';
  /** Null where they are not known. */
  readonly value: number | null;
  readonly limit: number | null;
  /** One sentence without a full stop. */
  readonly sentence: string;
}

/** Simple figures decide, not intervals: whether the change is within noise is said beside. */
export function resultOf(condition: Condition, diff: Diff): ConditionResult {
  const { measure, text, than } = condition;
  const comparison = diff.comparisons.find((one) => one.measure.id === measure.id);
  const value = comparison?.after ?? null;
  const limit = limitOf(condition, comparison?.before ?? null);
  const said = (sentence: string): string => `${text}: ${sentence}`;
  if (value === null && hadNoFaults(condition, diff)) {
    return { condition, state: 'clear', value, limit, sentence: said('no major fault was seen after') };
  }
  if (value === null || limit === null) {
    const which = value === null ? 'after' : 'before';
    const sentence = said(`not measured ${which} (takes ${measure.needs}), which counts as failing`);
    return { condition, state: 'unknown', value, limit, sentence };
  }
  const holds = than === '>' ? value > limit : value < limit;
  const relation = than === '>' ? (holds ? 'more' : 'not more') : holds ? 'less' : 'not less';
  const sentence = `${measure.name} ${formatFigure(measure.unit, value)} after, ${relation} than ${formatFigure(measure.unit, limit)}`;
  return {
    condition,
    state: holds ? 'holds' : 'clear',
    value,
    limit,
    sentence: said(`${sentence}${beside(condition, comparison)}`),
  };
}

function limitOf({ limit }: Condition, before: number | null): number | null {
  if (limit.against === 'value') return limit.figure;
  if (before === null) return null;
  return limit.against === 'before-plus' ? before + limit.figure : before * limit.figure;
}

/** Where no fault was taken, none was slow; the kernel's own count must say so too. */
function hadNoFaults({ measure, limit }: Condition, { after }: Diff): boolean {
  if (measure.kind !== 'quantile' || measure.of !== 'faults' || limit.against !== 'value') return false;
  return after.window.durationNs > 0 && after.totals.majorFaults === 0 && after.quality.coverage.kernel === 0;
}

function beside({ limit }: Condition, comparison: Comparison | undefined): string {
  if (comparison === undefined || limit.against === 'value') return '';
  const change = formatChange(comparison.measure.unit, comparison.change);
  if (comparison.verdict === 'noise') return ` (${change}: within noise)`;
  return comparison.interval === null ? ` (${change}: too short to tell from noise)` : ` (${change})`;
}
