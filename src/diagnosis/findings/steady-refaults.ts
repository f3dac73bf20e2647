import type { MappingView, Snapshot } from '../../model/snapshot.js';
import { formatBytes, formatCount, formatPercent, formatRate } from '../../text/units.js';
import { blamedEvictor } from '../blamed-evictor.js';
import { refaultShare } from '../evictor-groups.js';
import { type FaultTrend, faultTrend, refaultedFile } from '../fault-trend.js';
import type { Finding } from '../finding.js';
import { knownCauses } from '../page-cache-evidence.js';
import { faultsMatter } from '../weight-of-faults.js';

/** Quarters of the session whose rates lie within a factor of two of one another are steady. */
const STEADY_WITHIN = 2;
/** Shares of time that some task was held up for memory above which memory is short. */
const PRESSURE = 0.01;
/** Refaults with less of the fault time are not what keeps it busy. */
const FEW_REFAULTS = 0.2;

/** The faults will not go by themselves: pages come again that were in memory before, or the rate stays what it is. */
export function steadyRefaults(snapshot: Snapshot): Finding | null {
  // Where it is known who evicts the pages, that is said in place of this.
  if (!faultsMatter(snapshot) || blamedEvictor(snapshot) !== null) return null;
  const file = refaultedFile(snapshot);
  const trend = faultTrend(snapshot);
  if (file !== null) return refaulting(snapshot, file, trend);
  // The set `pagecache` has seen that next to none of them are refaults: a large file can keep a steady rate for hours.
  const causes = knownCauses(snapshot);
  if (causes !== null && refaultShare(causes) < FEW_REFAULTS) return null;
  if (trend === null || trend.highestHz > STEADY_WITHIN * trend.lowestHz) return null;
  return {
    id: 'steady-refaults',
    severity: 'problem',
    title: `Major faults keep coming at a steady ${formatRate(trend.lastHz)}/s: this is no warm-up that passes by itself.`,
    evidence: [
      `In the four quarters of the session the rate stayed between ${formatRate(trend.lowestHz)}/s and ${formatRate(trend.highestHz)}/s.`,
      'Whether pages come again, or ever new ones are touched, cannot be told: no file has more faults than its mapping has pages yet.',
      ...pressure(snapshot),
    ],
    confidence: 'low',
    remedies: remedies(snapshot),
  };
}

const ROOM = [
  'Give it memory: raise the limit of its memory cgroup, or move away what fills the page cache beside it.',
  'Read less at random, or fewer bytes: what is touched does not fit into the memory there is for it.',
];

function refaulting(snapshot: Snapshot, file: MappingView & { pages: number }, trend: FaultTrend | null): Finding {
  return {
    id: 'steady-refaults',
    severity: 'problem',
    title: `Pages come again and again: ${formatCount(file.majorFaults)} major faults in the ${formatCount(file.pages)} pages of ${file.path ?? 'one file'}.`,
    evidence: [
      `${formatBytes(file.sizeBytes)} are mapped; what goes beyond one fault a page was in memory before and was evicted.`,
      ...(trend === null
        ? []
        : [`The rate is ${formatRate(trend.lastHz)}/s, after ${formatRate(trend.firstHz)}/s at first.`]),
      ...pressure(snapshot),
    ],
    confidence: 'high',
    remedies: remedies(snapshot),
  };
}

/** Without the set `pagecache` nobody knows who evicts them. */
function remedies({ pageCache }: Snapshot): string[] {
  return pageCache === null ? [...ROOM, 'See who evicts them: --pagecache, or C on the screen.'] : ROOM;
}

function pressure({ symptoms }: Snapshot): string[] {
  const some = symptoms?.memoryPressure?.some ?? 0;
  return some < PRESSURE ? [] : [`Tasks of the host were held up for memory ${formatPercent(some)} of the time (PSI).`];
}
