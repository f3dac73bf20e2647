import { chainText } from '../diagnosis/chain-words.js';
import type { Snapshot } from '../model/snapshot.js';
import { formatDuration, formatPercent } from '../text/units.js';
import { paragraph, shortParagraph } from './report-lines.js';

const CHAINS = 3;

/** Locks whose holders were in a fault; nothing where none was. */
export function wakerLines({ wakers }: Pick<Snapshot, 'wakers'>): string[] {
  if (wakers === null || !wakers.chainsTold || wakers.chains.length === 0) return [];
  const { lockWaitNs, lockBehindFaultNs, chains } = wakers;
  const share = formatPercent(Math.min(1, lockBehindFaultNs / lockWaitNs));
  const text = `${share} of the lock waits (${formatDuration(lockBehindFaultNs)} of ${formatDuration(lockWaitNs)}) behind major faults of the lock's holder, at least`;
  return [
    ...paragraph('locks    ', text),
    ...chains.slice(0, CHAINS).flatMap((chain) => shortParagraph('  ', chainText(chain), 2)),
    ...(chains.length > CHAINS ? [`  and ${chains.length - CHAINS} more in the summary`] : []),
  ];
}
