import type { Snapshot, StallsView } from '../../model/snapshot.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import type { Finding, WhatIf } from '../finding.js';
import { stallRemedies } from '../stall-remedies.js';
import { meanThreads, shareOfBusy } from '../thread-time.js';
import {
  FAULT_SHARE_THAT_MATTERS,
  LEAST_THREADS_IN_FAULTS,
  LOST_PARALLELISM_THAT_MATTERS,
  stallsMatter,
} from '../weight-of-faults.js';
import { formatMean, fullStallShare } from '../words.js';

/** Some of the threads that could run are stuck in faults, yet hardly ever all of them. */
export function lostParallelism(snapshot: Snapshot, whatIf: WhatIf | null): Finding | null {
  if (stallsMatter(snapshot)) return null;
  const title = titleOf(snapshot);
  if (title === null) return null;
  const { stalls, totals } = snapshot;
  const { p50Ns, p99Ns } = totals.faultLatency;
  return {
    id: 'lost-parallelism',
    severity: 'problem',
    title,
    evidence: [
      `${formatCount(totals.majorFaults)} major faults (p50 ${formatDuration(p50Ns)}, p99 ${formatDuration(p99Ns)}) held threads for ${formatDuration(totals.faultWaitNs)}: ${formatPercent(shareOfBusy(snapshot, 'fault'))} of their time that was not idle.`,
      ...levelEvidence(stalls),
    ],
    confidence: 'high',
    remedies: stallRemedies(snapshot, snapshot.runtime?.kind ?? 'native', whatIf),
  };
}

function titleOf(snapshot: Snapshot): string | null {
  const { stalls, runtime } = snapshot;
  const mean = meanThreads(snapshot, 'fault');
  const lost = stalls?.lostParallelism ?? null;
  if (stalls !== null && stalls.capacity !== null && lost !== null) {
    if (lost < LOST_PARALLELISM_THAT_MATTERS) return null;
    const whose =
      runtime?.kind === 'go' ? `its ${stalls.capacity} Ps` : `what it can run at once (${stalls.capacity} threads)`;
    return `Major faults took ${formatPercent(lost)} of ${whose}: it ran, on fewer.`;
  }
  const share = shareOfBusy(snapshot, 'fault');
  if (share < FAULT_SHARE_THAT_MATTERS || mean < LEAST_THREADS_IN_FAULTS) return null;
  return `Its threads spent ${formatPercent(share)} of their time that was not idle in major faults: ${formatMean(mean)} of them at a time, on average.`;
}

function levelEvidence(stalls: StallsView | null): string[] {
  if (stalls === null) return [];
  if (stalls.capacity === null) {
    return ['How many threads it can run at once is not known: --capacity N tells, and then full stalls are counted.'];
  }
  const atLeastOne = 1 - (stalls.levelNs[0] ?? 0) / stalls.sampledNs;
  return [
    `At least one was stuck ${formatPercent(atLeastOne)} of the time, all of them ${formatPercent(fullStallShare(stalls))}.`,
  ];
}
