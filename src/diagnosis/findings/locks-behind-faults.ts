import type { Snapshot } from '../../model/snapshot.js';
import { formatDuration, formatPercent } from '../../text/units.js';
import { chainText } from '../chain-words.js';
import type { Finding } from '../finding.js';
import { formatMean } from '../words.js';

/** Of the lock waits: with less, the lock is held long for other reasons, and mending the faults would not be felt. */
const LEAST_SHARE = 0.2;
/** Threads at a time that wait so, on average: with less, no user of the program notices. */
const LEAST_THREADS = 0.1;
const CHAINS = 3;

/** Threads wait for locks whose holders are in major faults: a fault stops more than the thread that takes it. */
export function locksBehindFaults({ wakers, window }: Snapshot): Finding | null {
  if (wakers === null || !wakers.chainsTold || wakers.lockWaitNs === 0) return null;
  const { lockWaitNs, lockBehindFaultNs, chains } = wakers;
  // Both are sums of separate readings: never more than all.
  const share = Math.min(1, lockBehindFaultNs / lockWaitNs);
  const threads = lockBehindFaultNs / window.durationNs;
  if (share < LEAST_SHARE || threads < LEAST_THREADS) return null;
  return {
    id: 'locks-behind-faults',
    severity: 'problem',
    title: `${formatPercent(share)} of its lock waits are for locks whose holder was in a major fault: ${formatMean(threads)} threads at a time.`,
    evidence: [
      ...chains.slice(0, CHAINS).map((chain) => `${chainText(chain)}.`),
      `${formatDuration(lockBehindFaultNs)} of ${formatDuration(lockWaitNs)} that threads waited for locks; a lower bound.`,
      'Who ended a wait is taken for the holder of the lock; threads that wait for work by FUTEX_WAIT look the same.',
    ],
    confidence: 'medium',
    remedies: [
      'Do not touch pages of mapped files while holding the lock: copy what is needed before taking it.',
      'Read with pread(2) into memory of its own before taking the lock, or have the pages in memory by then (MADV_POPULATE_READ, mlock(2)).',
      'Hold a lock of its own for what is mapped, so that only those wait who need it.',
    ],
  };
}
