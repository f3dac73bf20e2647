import { tooLittleSeen } from '../diagnosis/all-clear.js';
import type { Finding, FindingId } from '../diagnosis/finding.js';
import type { ProbeSet } from '../record/record.js';
import { hasRun } from './sets.js';
import type { Side } from './side.js';

/** Findings of two sessions held against each other, by what they are about. */
export interface FindingChanges {
  /** Before, and no more after. */
  readonly lost: readonly Finding[];
  readonly gained: readonly Finding[];
  readonly kept: readonly { readonly before: Finding; readonly after: Finding }[];
  /** One of the two could not have said it, and `why`. */
  readonly untold: readonly { readonly side: 'before' | 'after'; readonly finding: Finding; readonly why: string }[];
}

export function findingChanges(before: Side, after: Side): FindingChanges {
  const of = ({ diagnosis }: Side, id: FindingId): Finding | undefined =>
    diagnosis.findings.find((finding) => finding.id === id);
  const kept = before.diagnosis.findings.flatMap((finding) => {
    const now = of(after, finding.id);
    return now === undefined ? [] : [{ before: finding, after: now }];
  });
  const lost = only(before, after, of);
  const gained = only(after, before, of);
  return {
    lost: lost.filter(({ why }) => why === null).map(({ finding }) => finding),
    gained: gained.filter(({ why }) => why === null).map(({ finding }) => finding),
    kept,
    untold: [
      ...lost.flatMap(({ finding, why }) => (why === null ? [] : [{ side: 'before' as const, finding, why }])),
      ...gained.flatMap(({ finding, why }) => (why === null ? [] : [{ side: 'after' as const, finding, why }])),
    ],
  };
}

/** Findings of `one` that `other` does not have; `why` it could not have had them, null where it could. */
function only(one: Side, other: Side, of: (side: Side, id: FindingId) => Finding | undefined) {
  return one.diagnosis.findings
    .filter(({ id }) => of(other, id) === undefined)
    .map((finding) => ({ finding, why: whyNot(other, finding.id) }));
}

function whyNot({ snapshot }: Side, id: FindingId): string | null {
  const tooLittle = tooLittleSeen(snapshot);
  if (tooLittle !== null) return tooLittle;
  const set = NEEDS[id];
  if (set !== undefined && !hasRun(snapshot, set)) return `takes --${set}`;
  return id === 'full-stalls' && snapshot.stalls?.capacity == null ? 'takes a known capacity (--capacity N)' : null;
}

const NEEDS: { readonly [id in FindingId]?: ProbeSet } = {
  'refaults-by-evictor': 'pagecache',
  'working-set': 'pagecache',
  'first-touches': 'pagecache',
  'slow-disk': 'storage',
  'disk-queue': 'storage',
  'hot-code': 'stacks',
  'locks-behind-faults': 'wakers',
};
