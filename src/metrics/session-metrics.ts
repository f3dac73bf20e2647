import type { Snapshot } from '../model/snapshot.js';
import type { Family } from './family.js';
import { faultMetrics } from './fault-metrics.js';
import { fileMetrics } from './file-metrics.js';
import { pageCacheMetrics } from './page-cache-metrics.js';
import { qualityMetrics } from './quality-metrics.js';
import { requestMetrics } from './request-metrics.js';
import { stallMetrics } from './stall-metrics.js';

/**
 * What a session has come to by now as metric families, each sample labelled with its target. How many samples there are
 * is bounded, whatever the target does: docs/export.md says by what. What is not known is absent.
 */
export function sessionMetrics(snapshot: Snapshot): Family[] {
  const { pid, comm } = snapshot.target;
  const labels = { target: comm, pid: String(pid) };
  return [faultMetrics, stallMetrics, fileMetrics, pageCacheMetrics, requestMetrics, qualityMetrics].flatMap(
    (metrics) => metrics(snapshot, labels),
  );
}
