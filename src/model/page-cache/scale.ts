import type { FaultCause } from '../../record/page-cache.js';
import type { FaultCell } from './fault-cells.js';

/** The causes of one file's faults, those of pages outside the sample shared out among them. */
export interface Scaled {
  readonly cells: readonly (Omit<FaultCell, 'cause'> & { readonly cause: FaultCause })[];
  /** Faults whose own cause was seen. */
  readonly seen: number;
  /** Faults by whose share the others were laid to causes. */
  readonly notSampled: number;
}

/**
 * Which pages are sampled does not depend on why they fault: what was not sampled has the causes of what was, in the same
 * proportion. Counts stay whole and add up to all faults of the file. A swap-in has no page of a file: it is
 * counted, never sampled. Where nothing of the file was sampled the causes are unknown.
 */
export function scaled(all: readonly FaultCell[]): Scaled {
  const missed = all.filter(({ cause }) => cause === 'not-sampled');
  const known = all.flatMap((cell) => (cell.cause === 'not-sampled' ? [] : [{ ...cell, cause: cell.cause }]));
  const seen = sum(known, ({ count }) => count);
  const notSampled = sum(missed, ({ count }) => count);
  if (notSampled === 0) return { cells: known, seen, notSampled };
  const missedNs = sum(missed, ({ totalNs }) => totalNs);
  const sampled = known.filter(({ cause }) => cause !== 'swap-in');
  const swapIn = known.filter(({ cause }) => cause === 'swap-in');
  const sampledCount = sum(sampled, ({ count }) => count);
  if (sampledCount === 0) {
    const unknown = { cause: 'unknown' as const, evictor: null, ageTotalNs: 0, ageMaxNs: 0 };
    return { cells: [...swapIn, { ...unknown, count: notSampled, totalNs: missedNs }], seen, notSampled };
  }
  const counts = shareOut(
    notSampled,
    sampled.map(({ count }) => count),
  );
  const sampledNs = sum(sampled, ({ totalNs }) => totalNs);
  // Where none of the sampled ones took time, their number tells whose the time is.
  const times = shareOut(
    missedNs,
    sampled.map(({ count, totalNs }) => (sampledNs > 0 ? totalNs : count)),
  );
  const cells = sampled.map((cell, index) => {
    const count = cell.count + (counts[index] ?? 0);
    const ageTotalNs = Math.round((cell.ageTotalNs / cell.count) * count);
    return { ...cell, count, totalNs: cell.totalNs + (times[index] ?? 0), ageTotalNs };
  });
  return { cells: [...cells, ...swapIn], seen, notSampled };
}

/** A whole number shared out by weights into whole numbers that add up to it (largest remainders). */
function shareOut(total: number, weights: readonly number[]): number[] {
  const all = sum(weights, (weight) => weight);
  const exact = weights.map((weight) => (total * weight) / all);
  const shares = exact.map(Math.floor);
  let rest = total - sum(shares, (share) => share);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder);
  for (const { index } of byRemainder) {
    if (rest <= 0) break;
    shares[index] = (shares[index] ?? 0) + 1;
    rest -= 1;
  }
  return shares;
}

export function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
