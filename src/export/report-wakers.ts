import type { Snapshot } from '../model/snapshot.js';
import { formatDuration, formatPercent } from '../text/units.js';
import { paragraph } from './report-lines.js';

/** How much of the lock waits was behind faults; nothing where none was. Who waited for whom is in the finding. */
export function wakerLines({ wakers }: Pick<Snapshot, 'wakers'>): string[] {
  if (wakers === null || !wakers.chainsTold || wakers.chains.length === 0) return [];
  const { lockWaitNs, lockBehindFaultNs } = wakers;
  const share = formatPercent(Math.min(1, lockBehindFaultNs / lockWaitNs));
  const text = `${share} of the lock waits (${formatDuration(lockBehindFaultNs)} of ${formatDuration(lockWaitNs)}) behind major faults of the lock's holder, at least`;
  return paragraph('locks    ', text);
}
