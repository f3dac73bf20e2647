import { formatDuration, formatPercent, formatRate } from '../text/units.js';
import type { Comparison, Verdict } from './comparison.js';
import type { Interval } from './difference.js';
import type { Unit } from './measure.js';

/** "55.0%", "8.6k/s", "12/min", "0.31", "410us"; "-" where it is not known. At most 9 columns. */
export function formatFigure(unit: Unit, value: number | null): string {
  return value === null ? '-' : `${formatBare(unit, value)}${SUFFIX[unit]}`;
}

/** "-54.7pt", "+1.2k/s", "-98us": a difference; points are hundredths of the time. At most 10 columns. */
export function formatChange(unit: Unit, change: number | null): string {
  return change === null ? '-' : `${formatSigned(unit, change)}${unit === 'share' ? 'pt' : SUFFIX[unit]}`;
}

/** "-56.0 to -53.4": the ends of a difference, in the unit of {@link formatChange}. At most 19 columns. */
export function formatInterval(unit: Unit, { low, high }: Interval): string {
  return `${formatSigned(unit, low)} to ${formatSigned(unit, high)}`;
}

/** "-99%", "+12%", "+3.2x" where it is many times as much; "-" where there was nothing before. At most 6 columns. */
export function formatFraction({ before, change }: Pick<Comparison, 'before' | 'change'>): string {
  const fraction = fractionOf({ before, change });
  if (fraction === null) return '-';
  if (fraction >= 9.995) return `x${formatRate(fraction + 1)}`;
  return `${fraction > 0 ? '+' : ''}${formatPercent(fraction)}`;
}

/** change / before; null where there is none. */
export function fractionOf({ before, change }: Pick<Comparison, 'before' | 'change'>): number | null {
  return before === null || change === null || before === 0 ? null : change / before;
}

const SUFFIX: { readonly [unit in Unit]: string } = {
  share: '%',
  'per-second': '/s',
  'per-minute': '/min',
  'per-request': '',
  threads: '',
  cpus: '',
  duration: '',
};

function formatSigned(unit: Unit, change: number): string {
  const text = formatBare(unit, Math.abs(change));
  if (/^0[.0]*(?:ns)?$/.test(text)) return text;
  return `${change < 0 ? '-' : '+'}${text}`;
}

/** Of what is not negative. */
function formatBare(unit: Unit, value: number): string {
  if (unit === 'duration') return formatDuration(value);
  if (unit === 'share') return value > 0 && value < 0.0005 ? '<0.1' : (value * 100).toFixed(1);
  if (unit === 'per-second' || unit === 'per-minute') return formatRate(value);
  return value < 9.995 ? value.toFixed(2) : formatRate(value);
}

/** "Full stalls fell from 55.0% to 0.3% of the time (-54.7 points, 95%: -56.0 to -53.4): better." */
export function headlineSentence(comparison: Comparison): string {
  const { measure, before, after, change, interval, verdict, why } = comparison;
  const { subject, of } = SUBJECTS[measure.id] ?? { subject: measure.name, of: '' };
  const [was, is] = [formatFigure(measure.unit, before), formatFigure(measure.unit, after)];
  const range = interval === null ? '' : `, 95%: ${formatInterval(measure.unit, interval)}`;
  const points = formatChange(measure.unit, change).replace(/pt$/, ' points');
  const told = verdict === 'noise' || verdict === 'too-short' || verdict === 'not-comparable';
  const moved = told
    ? `${subject}: ${was}${of} before, ${is} after`
    : `${subject} ${(change ?? 0) < 0 ? 'fell' : 'rose'} from ${was} to ${is}${of}`;
  return `${moved} (${points}${range}): ${why ?? VERDICT_WORDS[verdict]}.`;
}

const SUBJECTS: { readonly [id: string]: { readonly subject: string; readonly of: string } } = {
  fullStall: { subject: 'Full stalls', of: ' of the time' },
  lostParallelism: { subject: 'Lost parallelism', of: ' of what it can run at once' },
  faultWait: { subject: 'Threads stuck in major faults', of: ' at a time' },
  majorFaults: { subject: 'Major faults', of: '' },
};

/** What each verdict is called in a sentence. */
const VERDICT_WORDS: { readonly [verdict in Verdict]: string } = {
  better: 'better',
  worse: 'worse',
  higher: 'higher',
  lower: 'lower',
  noise: 'no more than noise',
  'too-short': 'too short to tell',
  'not-comparable': 'not comparable',
};

/** "30 figures compared: 14 better, 1 worse, ...", and what chance alone makes of so many. */
export function tallySentence(comparisons: readonly Comparison[]): string {
  const judged = comparisons.filter(({ interval }) => interval !== null);
  if (judged.length === 0) return 'No figure could be judged.';
  const count = (...verdicts: Verdict[]): number => judged.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const parts = [
    `${count('better')} better`,
    `${count('worse')} worse`,
    `${count('higher', 'lower')} changed with neither`,
    `${count('noise')} within noise`,
  ];
  return `${judged.length} figures judged: ${parts.join(', ')}. Of figures that did not change, about one in twenty is called changed by chance.`;
}
