import type { Snapshot } from '../model/snapshot.js';
import { formatCount, formatPercent } from '../text/units.js';
import type { Finding, FindingId } from './finding.js';
import { counted } from './words.js';

/** Less coverage than this is more than the few faults that complete between two readings. */
const FULL_COVERAGE = 0.95;
/** With less, what was not seen may well be what mattered. */
const POOR_COVERAGE = 0.8;
/** A share of late samples under which the level is as good as sampled evenly. */
const FEW_LATE = 0.01;

const FROM_FAULTS: ReadonlySet<FindingId> = new Set<FindingId>([
  'full-stalls',
  'lost-parallelism',
  'hot-mapping',
  'hot-code',
  'warm-up',
  'steady-refaults',
  'faults-do-not-matter',
  'swap-in',
  'refaults-by-evictor',
  'working-set',
  'first-touches',
  'locks-behind-faults',
]);
const FROM_LEVEL: ReadonlySet<FindingId> = new Set<FindingId>(['full-stalls', 'lost-parallelism']);

interface Doubt {
  readonly steps: number;
  readonly sentence: string;
}

/** The finding with its confidence lowered by what was not seen, and its evidence saying so. */
export function trusted(snapshot: Snapshot, finding: Finding): Finding {
  const doubts = [
    ...(FROM_FAULTS.has(finding.id) ? coverageDoubt(snapshot) : []),
    ...(FROM_LEVEL.has(finding.id) ? samplingDoubt(snapshot) : []),
    ...lossDoubt(snapshot),
  ];
  const steps = doubts.reduce((sum, doubt) => sum + doubt.steps, 0);
  return {
    ...finding,
    confidence: lowered(finding.confidence, steps),
    evidence: [...finding.evidence, ...doubts.map(({ sentence }) => sentence)],
  };
}

function coverageDoubt({ quality }: Snapshot): Doubt[] {
  const { traced, kernel, fraction } = quality.coverage;
  if (fraction === null || fraction >= FULL_COVERAGE) return [];
  const sentence = `Only ${formatPercent(fraction)} of the major faults that the kernel counted were traced (${formatCount(traced)} of ${formatCount(kernel)}).`;
  return [{ steps: fraction < POOR_COVERAGE ? 2 : 1, sentence }];
}

function samplingDoubt({ stalls }: Snapshot): Doubt[] {
  const { count, late } = stalls?.samples ?? { count: 0, late: 0 };
  if (late <= FEW_LATE * count) return [];
  const sentence = `${formatPercent(late / count)} of the samples of the level came late (more than 2ms after the one before): full stalls in between may be missing.`;
  return [{ steps: 1, sentence }];
}

function lossDoubt({ quality }: Snapshot): Doubt[] {
  const { droppedRecords } = quality;
  if (droppedRecords === 0) return [];
  const sentence = `${counted(droppedRecords, 'record', formatCount(droppedRecords))} of waits, threads or whole dumps got lost: the sums are lower bounds.`;
  return [{ steps: 1, sentence }];
}

function lowered(confidence: Finding['confidence'], steps: number): Finding['confidence'] {
  if (steps === 0) return confidence;
  return steps === 1 && confidence === 'high' ? 'medium' : 'low';
}
