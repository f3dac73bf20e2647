import fc from 'fast-check';
import { type Diagnosis, FINDING_IDS } from '../../../src/diagnosis/finding.js';
import { outside, unknown } from './outside-strings.js';

export const NOTHING_FOUND: Diagnosis = { findings: [], allClear: null, whatIf: null };

/** Every list has an entry, all is known. */
export function fullDiagnosis(): Diagnosis {
  return {
    findings: FINDING_IDS.map((id) => ({
      id,
      severity: 'stall',
      title: `Both Ps were stuck in major faults 55 % of the time (${id}).`,
      evidence: ['1.1 s of 2.0 s sampled with level 2 of 2.'],
      confidence: 'high',
      remedies: ['Read /data/index.db with pread.', 'GOMAXPROCS 6.'],
    })),
    allClear: null,
    whatIf: {
      assumptions: ['The goroutines that fault go on doing what they did.'],
      capacities: [2, 3, 4, 8, 16].map((capacity) => ({
        capacity,
        fullStallFraction: { low: 0.55 / capacity, high: 1.1 / capacity },
        lostParallelism: { low: 0.6 / capacity, high: 1.2 / capacity },
      })),
      enough: 16,
      asPread: { fullStallFraction: 0, lostParallelism: 0 },
    },
  };
}

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const range = fc.record({ low: fraction, high: fraction });
const capacity = fc.integer({ min: 1, max: 1024 });

/** Whatever the types allow. */
export const anyDiagnosis: fc.Arbitrary<Diagnosis> = fc.record({
  findings: fc.array(
    fc.record({
      id: fc.constantFrom(...FINDING_IDS),
      severity: fc.constantFrom('stall' as const, 'problem' as const, 'note' as const),
      title: outside,
      evidence: fc.array(outside, { maxLength: 3 }),
      confidence: fc.constantFrom('high' as const, 'medium' as const, 'low' as const),
      remedies: fc.array(outside, { maxLength: 3 }),
    }),
    { maxLength: 4 },
  ),
  allClear: unknown(outside),
  whatIf: unknown(
    fc.record({
      assumptions: fc.array(outside, { maxLength: 3 }),
      capacities: fc.array(fc.record({ capacity, fullStallFraction: range, lostParallelism: range }), { maxLength: 6 }),
      enough: unknown(capacity),
      asPread: unknown(fc.record({ fullStallFraction: fraction, lostParallelism: fraction })),
    }),
  ),
});
