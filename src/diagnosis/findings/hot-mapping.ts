import type { Snapshot } from '../../model/snapshot.js';
import { formatBytes, formatCount, formatDuration, formatPercent } from '../../text/units.js';
import type { Finding } from '../finding.js';
import { hotFile } from '../hot-file.js';
import { faultsMatter } from '../weight-of-faults.js';

/** Nearly all faults are in one file: said only where faults cost something. */
export function hotMapping(snapshot: Snapshot): Finding | null {
  const file = hotFile(snapshot);
  if (file === null || !faultsMatter(snapshot)) return null;
  return {
    id: 'hot-mapping',
    severity: 'note',
    title: `${formatPercent(file.share)} of its major faults are in one mapped file: ${file.path}.`,
    evidence: [
      `${formatCount(file.majorFaults)} faults and ${formatDuration(file.faultWaitNs)} of thread time in ${formatBytes(file.mappedBytes)} mapped${file.exact ? '' : estimated(snapshot)}.`,
    ],
    confidence: 'high',
    remedies: [
      `Change how this file is read (pread in place of the mapping), or bring it into memory before it is needed: cat it to /dev/null, MAP_POPULATE, madvise(MADV_WILLNEED).`,
      `Keep ${formatBytes(file.mappedBytes)} of memory free for its page cache, or hold it there with mlock(2).`,
    ],
  };
}

function estimated({ quality }: Snapshot): string {
  return quality.sampling.oneIn > 1 ? `, estimated from one single fault in ${quality.sampling.oneIn}` : '';
}
