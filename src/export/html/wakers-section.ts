import { chainText } from '../../diagnosis/chain-words.js';
import { wakerText } from '../../diagnosis/waker-words.js';
import { isIdle } from '../../model/cause.js';
import { PART_WORDS } from '../../model/part-words.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { WakersView } from '../../model/wakers-view.js';
import { formatCount, formatPercent } from '../../text/units.js';
import { duration } from './figures.js';
import { html, type Piece } from './html.js';
import type { Section } from './section.js';
import { table } from './table.js';

const CHAINS = 20;
const WAKES = 60;

/** Who ended the waits, and locks behind faults; null unless the set ran. */
export function wakersSection({ wakers }: Snapshot): Section | null {
  if (wakers === null || wakers.waits === 0) return null;
  const unseen =
    wakers.unseenWaits === 0
      ? ''
      : `; of ${formatCount(wakers.unseenWaits)} of ${formatCount(wakers.waits)} nobody saw the end`;
  return {
    id: 'wakers',
    title: 'Who ended the waits',
    body: [
      chains(wakers),
      table({
        caption: `Waits by who ended them${unseen}`,
        rows: wakers.wakes.filter(({ cause }) => !isIdle(cause)),
        limit: WAKES,
        columns: [
          { header: 'thread', cell: ({ threadName, tid }) => `${threadName ?? '-'} ${tid}` },
          { header: 'waits in', cell: ({ cause }) => PART_WORDS[cause].name },
          { header: 'system call', cell: ({ syscall }) => syscall ?? '-' },
          { header: 'ended by', cell: wakerText },
          { header: 'waits', value: ({ count }) => count, format: formatCount },
          { header: 'total', value: ({ totalNs }) => totalNs, format: duration },
          { header: 'mean', value: ({ totalNs, count }) => Math.round(totalNs / count), format: duration },
          { header: 'max', value: ({ maxNs }) => maxNs, format: duration },
        ],
      }),
      html`<p class="note">Idle waits aside: ${duration(wakers.idleNs)} in all.</p>`,
    ],
  };
}

function chains({ chains, chainsTold, lockWaitNs, lockBehindFaultNs }: WakersView): Piece {
  if (!chainsTold) {
    return html`<p class="note">Locks behind faults are not told for Go: its locks make goroutines wait, and hardly ever threads.</p>`;
  }
  if (chains.length === 0) return null;
  const share = formatPercent(Math.min(1, lockBehindFaultNs / lockWaitNs));
  const more = chains.length - CHAINS;
  return html`<h3>Locks held by threads in a major fault</h3>
<p>${share} (${duration(lockBehindFaultNs)}) of ${duration(lockWaitNs)} of lock waits, at least.</p>
<ul>${chains.slice(0, CHAINS).map((chain) => html`<li>${chainText(chain, 'µs')}</li>`)}</ul>
${more > 0 ? html`<p class="note">${more} more are left out here.</p>` : null}`;
}
