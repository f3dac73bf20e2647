import type { Distribution } from '../model/snapshot.js';
import type { SummaryLatency } from './summary-format.js';

export function latencyOf({ count, p50Ns, p90Ns, p99Ns, maxNs }: Distribution): SummaryLatency {
  return { count, p50Ns, p90Ns, p99Ns, maxNs };
}
