import type { Snapshot } from '../model/snapshot.js';
import { type Family, type Labels, secondsHistogram } from './family.js';

/** Service times; none unless the set `requests` has run. */
export function requestMetrics({ requests }: Snapshot, labels: Labels): Family[] {
  if (requests === null) return [];
  const about = { name: 'faultscope_request_duration_seconds', help: 'From the first receive to the next send.' };
  return [secondsHistogram(about, labels, { cells: requests.histogram, totalNs: requests.totalNs })];
}
