import type { Snapshot } from '../model/snapshot.js';
import { type Comparison, comparisonsOf } from './comparison.js';
import { type FindingChanges, findingChanges } from './findings.js';
import { notesOf } from './likeness.js';
import { type Movements, movementsOf } from './movements.js';
import type { Side } from './side.js';

/** Two sessions held against each other: did the change help? */
export interface Diff {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** What matters most of all that was compared; null where nothing was measured in both. */
  readonly headline: Comparison | null;
  readonly comparisons: readonly Comparison[];
  readonly findings: FindingChanges;
  readonly movements: Movements;
  /** In which ways they are not like with like, and what was not seen. They hold outside strings. */
  readonly notes: readonly string[];
}

export function diffOf(before: Side, after: Side): Diff {
  const comparisons = comparisonsOf(before, after);
  return {
    before: before.snapshot,
    after: after.snapshot,
    headline: headlineOf(comparisons),
    comparisons,
    findings: findingChanges(before, after),
    movements: movementsOf(before.snapshot, after.snapshot),
    notes: notesOf(before.snapshot, after.snapshot, comparisons),
  };
}

/** The first that is there, most telling first, and that has something to tell in at least one of the two. */
const HEADLINES: readonly { readonly id: string; readonly least: number }[] = [
  { id: 'fullStall', least: 0.001 },
  { id: 'lostParallelism', least: 0.01 },
  { id: 'faultWait', least: 0.01 },
  { id: 'majorFaults', least: 0 },
];

function headlineOf(comparisons: readonly Comparison[]): Comparison | null {
  for (const { id, least } of HEADLINES) {
    const found = comparisons.find(({ measure }) => measure.id === id);
    if (found?.change != null && Math.max(found.before ?? 0, found.after ?? 0) >= least) return found;
  }
  return null;
}
