import type { Snapshot } from '../../model/snapshot.js';
import { formatDuration, formatPercent } from '../../text/units.js';
import type { Finding } from '../finding.js';
import { meanThreads, shareOfBusy } from '../thread-time.js';
import { formatMean } from '../words.js';

/** A fifth of what its threads do: a database that reads now and then stays far below. */
const LEAST_SHARE = 0.2;
/** A thread in it for less than a fifth of the time holds nobody up. */
const LEAST_THREADS = 0.2;
const NAMED_CALLS = 3;

/** Threads wait for the disk in system calls: not for page faults. */
export function diskReads(snapshot: Snapshot): Finding | null {
  const share = shareOfBusy(snapshot, 'disk');
  const threads = meanThreads(snapshot, 'disk');
  if (share < LEAST_SHARE || threads < LEAST_THREADS) return null;
  const isGo = snapshot.runtime?.kind === 'go';
  return {
    id: 'disk-reads',
    severity: isGo ? 'note' : 'problem',
    title: `Its threads spend ${formatPercent(share)} of their time that is not idle on the disk in system calls; major faults take ${formatPercent(shareOfBusy(snapshot, 'fault'))}.`,
    evidence: [
      `${formatMean(threads)} threads at a time, in ${bySyscall(snapshot)}.`,
      ...(isGo ? ['A goroutine in a system call gives its P away: others run meanwhile.'] : []),
    ],
    confidence: 'high',
    remedies: [
      'Less I/O: a larger cache, batched writes and fewer fsyncs, or a faster disk.',
      'More of it at once: more threads, or io_uring, if the disk has room for it.',
    ],
  };
}

function bySyscall({ threads }: Snapshot): string {
  const totals = new Map<string, { totalNs: number; maxNs: number }>();
  for (const wait of threads.flatMap(({ waits }) => waits)) {
    if (wait.cause !== 'disk') continue;
    const name = wait.syscall ?? 'unnamed calls';
    const { totalNs, maxNs } = totals.get(name) ?? { totalNs: 0, maxNs: 0 };
    totals.set(name, { totalNs: totalNs + wait.totalNs, maxNs: Math.max(maxNs, wait.maxNs) });
  }
  const all = [...totals.values()].reduce((sum, { totalNs }) => sum + totalNs, 0);
  const named = [...totals]
    .sort(([, a], [, b]) => b.totalNs - a.totalNs)
    .slice(0, NAMED_CALLS)
    .map(([name, { totalNs, maxNs }]) => `${name} ${formatPercent(totalNs / all)} (longest ${formatDuration(maxNs)})`);
  return named.length === 0 ? 'threads that have ended' : named.join(', ');
}
