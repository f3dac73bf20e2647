import type { Snapshot } from '../../model/snapshot.js';
import { formatCount, formatDuration, formatPercent, formatRate } from '../../text/units.js';
import type { Finding } from '../finding.js';
import { sleeplessFaults } from '../sleepless-faults.js';
import { asShareOfBusy, meanThreads, shareOfBusy } from '../thread-time.js';
import { FAULT_SHARE_THAT_MATTERS, faultsMatter } from '../weight-of-faults.js';
import { formatMean, fullStallShare } from '../words.js';

/** From here on somebody who watches the counter would ask. */
const ASKED_ABOUT_HZ = 10;

/** There are faults in numbers, and they cost next to nothing: look elsewhere. */
export function faultsDoNotMatter(snapshot: Snapshot): Finding | null {
  const { totals, stalls, window } = snapshot;
  const rateHz = totals.majorFaults / (window.durationNs / 1e9);
  if (rateHz < ASKED_ABOUT_HZ || totals.majorFaultRateHz < ASKED_ABOUT_HZ || faultsMatter(snapshot)) return null;
  // Those that never slept are in no wait: they must not matter either.
  const sleepless = sleeplessFaults(snapshot);
  if (asShareOfBusy(snapshot, sleepless.timeNs) >= FAULT_SHARE_THAT_MATTERS) return null;
  const capacityKnown = stalls !== null && stalls.capacity !== null;
  return {
    id: 'faults-do-not-matter',
    severity: 'note',
    title: `There are ${formatRate(rateHz)} major faults a second, and they do not matter: ${formatPercent(shareOfBusy(snapshot, 'fault'))} of its threads' time that was not idle.`,
    evidence: [
      `${formatCount(totals.majorFaults)} faults, p50 ${formatDuration(totals.faultLatency.p50Ns)}, p99 ${formatDuration(totals.faultLatency.p99Ns)}; ${formatMean(meanThreads(snapshot, 'fault'))} threads in one at a time.`,
      ...(sleepless.count === 0
        ? []
        : [
            `${formatCount(sleepless.count)} of them never slept: ${formatDuration(sleepless.timeNs)} of CPU time${sleepless.measured ? '' : ' at most'}.`,
          ]),
      ...(capacityKnown ? [`The program stood still ${formatPercent(fullStallShare(stalls))} of the time.`] : []),
    ],
    confidence: 'high',
    remedies: [],
  };
}
