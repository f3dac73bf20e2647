import type { Diagnosis } from '../../../src/diagnosis/finding.js';

/** A made-up diagnosis of the made-up snapshot; `facts` replace whole parts. */
export function diagnosis(facts: Partial<Diagnosis> = {}): Diagnosis {
  return {
    findings: [
      {
        id: 'full-stalls',
        severity: 'stall',
        title: 'Both Ps were stuck in major faults 55% of the time: nothing of this program could run.',
        evidence: [
          'The level was at least 2 for 23.4s of 42.5s sampled; 6,120 full stalls of 1ms or more, the longest 31.0ms.',
          'A goroutine in a major fault keeps its P: Go hands it on in system calls and in C only.',
        ],
        confidence: 'high',
        remedies: ['Read /srv/data/cold.dat with pread instead of the mapping.', 'Raise GOMAXPROCS to 6.'],
      },
      {
        id: 'hot-mapping',
        severity: 'problem',
        title: '100% of the fault time is on one mapping, /srv/data/cold.dat, read at random.',
        evidence: ['110,700 of 110,700 faults, estimated from single ones.'],
        confidence: 'medium',
        remedies: ['madvise(MADV_RANDOM) stops reading ahead what is not used.'],
      },
    ],
    allClear: null,
    whatIf: {
      assumptions: ['Goroutines run 12us between faults and a fault takes 92us, whatever the capacity.'],
      capacities: [
        { capacity: 2, fullStallFraction: { low: 0.55, high: 0.55 }, lostParallelism: { low: 0.72, high: 0.72 } },
        { capacity: 4, fullStallFraction: { low: 0.12, high: 0.31 }, lostParallelism: { low: 0.5, high: 0.66 } },
        { capacity: 6, fullStallFraction: { low: 0.001, high: 0.008 }, lostParallelism: { low: 0.36, high: 0.5 } },
      ],
      enough: 6,
      asPread: { fullStallFraction: 0, lostParallelism: 0 },
    },
    ...facts,
  };
}

/** Nothing was wrong, and the figures that say so. */
export const ALL_CLEAR: Diagnosis = {
  findings: [],
  allClear: 'Nothing to report: 12 major faults in 42s, at no time were both Ps stuck.',
  whatIf: null,
};

/** Before anything was seen. */
export const NOTHING_DIAGNOSED: Diagnosis = { findings: [], allClear: null, whatIf: null };
