import type { Snapshot } from '../../model/snapshot.js';
import { formatCount, formatRate } from '../../text/units.js';
import { refaultShare } from '../evictor-groups.js';
import { faultTrend, refaultedFile } from '../fault-trend.js';
import type { Finding } from '../finding.js';
import { knownCauses } from '../page-cache-evidence.js';
import { faultsMatter } from '../weight-of-faults.js';
import { firstTouches } from './first-touches.js';

/** A rate that fell to a quarter has not done so by chance, */
const FALLEN_TO = 0.25;
/** and one that warms up has fallen to half before: one that breaks off belongs to work that has ended. */
const FALLEN_BEFORE_TO = 0.5;
/** With so much of the fault time in refaults it is not warming up alone. */
const SOME_REFAULTS = 0.2;

/** The faults are those of a program that warms up, and go by themselves. */
export function warmUp(snapshot: Snapshot): Finding | null {
  const trend = faultTrend(snapshot);
  if (trend === null || !faultsMatter(snapshot) || refaultedFile(snapshot) !== null) return null;
  // The set `pagecache` knows better: `first-touches` says so with its figures, and refaults do not go by themselves.
  const causes = knownCauses(snapshot);
  if (causes !== null && (refaultShare(causes) >= SOME_REFAULTS || firstTouches(snapshot) !== null)) return null;
  const { firstHz, thirdHz, lastHz } = trend;
  if (lastHz > FALLEN_TO * firstHz || thirdHz > FALLEN_BEFORE_TO * firstHz) return null;
  const since = snapshot.target.launched ? 'since it was started' : 'since we watch it';
  return {
    id: 'warm-up',
    severity: 'note',
    title: `Major faults fell from ${formatRate(firstHz)}/s to ${formatRate(lastHz)}/s ${since}: it is warming up.`,
    evidence: [
      `${formatCount(snapshot.totals.majorFaults)} major faults, and no file has more of them than its mapping has pages: all may be first touches.`,
    ],
    confidence: snapshot.target.launched ? 'high' : 'medium',
    remedies: [
      'Wait: the rate falls by itself as the pages come into memory.',
      'Before it takes load, read its files into the page cache (cat to /dev/null, MAP_POPULATE, madvise(MADV_WILLNEED)).',
    ],
  };
}
