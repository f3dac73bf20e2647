import type { MappingView, Snapshot } from '../../model/snapshot.js';
import { formatBytes, formatCount, formatPercent, formatRate } from '../../text/units.js';
import { type FaultTrend, faultTrend, refaultedFile } from '../fault-trend.js';
import type { Finding } from '../finding.js';
import { faultsMatter } from '../weight-of-faults.js';

/** Quarters of the session whose rates lie within a factor of two of one another are steady. */
const STEADY_WITHIN = 2;
/** Shares of time that some task was held up for memory above which memory is short. */
const PRESSURE = 0.01;

/** The faults will not go by themselves: pages come again that were in memory before, or the rate stays what it is. */
export function steadyRefaults(snapshot: Snapshot): Finding | null {
  if (!faultsMatter(snapshot)) return null;
  const file = refaultedFile(snapshot);
  const trend = faultTrend(snapshot);
  if (file !== null) return refaulting(snapshot, file, trend);
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
    remedies: ROOM,
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
    remedies: ROOM,
  };
}

function pressure({ symptoms }: Snapshot): string[] {
  const some = symptoms?.memoryPressure?.some ?? 0;
  return some < PRESSURE ? [] : [`Tasks of the host were held up for memory ${formatPercent(some)} of the time (PSI).`];
}
