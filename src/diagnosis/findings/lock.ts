import type { Snapshot, ThreadView } from '../../model/snapshot.js';
import { formatCount, formatDuration, formatPercent, formatRate } from '../../text/units.js';
import type { Finding } from '../finding.js';
import { meanThreads, shareOfOwn } from '../thread-time.js';
import { formatMean } from '../words.js';
import { locksBehindFaults } from './locks-behind-faults.js';

/** Nearly a third of what its threads do, time in which they lack a CPU aside: less is the price of sharing anything. */
const LEAST_SHARE = 0.3;
/** A convoy is three: one that holds the lock and two that wait. Two threads that hand work over wait like that too. */
const LEAST_THREADS = 3;
/** On average; on a busy host those of a convoy lack a CPU most of the time, and come to the lock one by one. */
const LEAST_WAITING = 1;
/** A thread is in it that gives a tenth of its life to locks. */
const LEAST_OF_LIFE = 0.1;
/** Threads that wait for work rather than for each other's lock rarely come away from it. */
const LEAST_WAITS_HZ = 10;
/** From here on the holder of the lock may well be in a fault. */
const FAULTS_TOO = 0.1;

/** Threads queue for a lock, and not because its holder is in a fault. */
export function lock(snapshot: Snapshot): Finding | null {
  const { runtime, window, threads } = snapshot;
  // Go's mutexes wait in user space, and without its goroutines an idle M looks like one that waits for a lock.
  if (runtime?.kind === 'go' && !runtime.goroutines) return null;
  if (locksBehindFaults(snapshot) !== null) return null;
  const share = shareOfOwn(snapshot, 'lock');
  const waiting = meanThreads(snapshot, 'lock');
  if (share < LEAST_SHARE || waiting < LEAST_WAITING) return null;
  const convoy = threads.filter(({ time, lifetimeNs }) => time.lock >= LEAST_OF_LIFE * lifetimeNs && time.lock > 0);
  const waits = convoy.flatMap(lockWaits);
  const count = waits.reduce((sum, wait) => sum + wait.count, 0);
  const rateHz = count / (window.durationNs / 1e9);
  if (convoy.length < LEAST_THREADS || rateHz < LEAST_WAITS_HZ) return null;
  const longestNs = waits.reduce((most, { maxNs }) => Math.max(most, maxNs), 0);
  const totalNs = waits.reduce((sum, wait) => sum + wait.totalNs, 0);
  const faultShare = shareOfOwn(snapshot, 'fault');
  return {
    id: 'lock',
    severity: 'problem',
    title: `A lock convoy: ${formatMean(waiting)} threads at a time wait for locks, ${formatPercent(share)} of their time that is neither idle nor short of a CPU.`,
    evidence: [
      `${convoy.length} threads came to wait ${formatCount(count)} times (${formatRate(rateHz)}/s), ${formatDuration(totalNs / count)} on average, ${formatDuration(longestNs)} at most.`,
      `Major faults take ${formatPercent(faultShare)}, running ${formatPercent(shareOfOwn(snapshot, 'onCpu'))}.`,
      ...faultsOfHolders(snapshot),
      'Threads that wait for work by FUTEX_WAIT without a condition variable look the same.',
    ],
    confidence: 'medium',
    remedies: [
      ...(faultShare < FAULTS_TOO || knowsHolders(snapshot)
        ? []
        : [
            'The holder of the lock may be the one in a major fault: --wakers tells. Do not touch mapped files while holding it.',
          ]),
      'Find the lock (stacks of threads in futex(2)), and hold it for less: split it, or take what waits out of it.',
    ],
  };
}

function lockWaits({ waits }: ThreadView): ThreadView['waits'] {
  return waits.filter(({ cause }) => cause === 'lock');
}

function knowsHolders({ wakers }: Snapshot): boolean {
  return wakers?.chainsTold === true && wakers.lockWaitNs > 0;
}

/** How much of it is the holder's faults after all. */
function faultsOfHolders(snapshot: Snapshot): string[] {
  const { wakers } = snapshot;
  if (wakers === null || !knowsHolders(snapshot)) return [];
  const share = Math.min(1, wakers.lockBehindFaultNs / wakers.lockWaitNs);
  return [`Who held the lock was in a major fault for ${formatPercent(share)} of these waits, or a little more.`];
}
