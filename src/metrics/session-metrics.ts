import type { Snapshot } from '../model/snapshot.js';
import { costMetrics } from './cost-metrics.js';
import { type Family, gauge, type Labels } from './family.js';
import { faultMetrics } from './fault-metrics.js';
import { fileMetrics } from './file-metrics.js';
import { pageCacheMetrics } from './page-cache-metrics.js';
import { qualityMetrics } from './quality-metrics.js';
import { requestMetrics } from './request-metrics.js';
import { stallMetrics } from './stall-metrics.js';

/**
 * What a session has come to by now as metric families, each sample labelled with what tells its target. How many samples
 * there are is bounded, whatever the target does: docs/export.md says by what. What is not known is absent.
 */
export function sessionMetrics(snapshot: Snapshot): Family[] {
  const { pid, comm, state } = snapshot.target;
  const labels = { target: comm, pid: String(pid) };
  const up = gauge({ name: 'faultscope_target_up', help: '1 while the target lives.' }, labels, state.alive ? 1 : 0);
  return [...processMetrics(snapshot, labels), ...up];
}

/** The same of a process that has those labels; whether it is there says whoever looks after it. */
export function processMetrics(snapshot: Snapshot, labels: Labels): Family[] {
  return [
    faultMetrics,
    stallMetrics,
    fileMetrics,
    pageCacheMetrics,
    requestMetrics,
    costMetrics,
    qualityMetrics,
  ].flatMap((metrics) => metrics(snapshot, labels));
}
