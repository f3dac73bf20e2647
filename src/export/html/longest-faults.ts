import type { FaultView, Snapshot } from '../../model/snapshot.js';
import { formatAddress, formatBytes } from '../../text/units.js';
import { clockMs, duration } from './figures.js';
import { html, type Piece } from './html.js';
import type { Section } from './section.js';
import { table } from './table.js';

const LISTED = 30;

/** The longest single faults; null before the first. */
export function longestFaultsSection({ longestFaults, quality, pageCache }: Snapshot): Section | null {
  if (longestFaults.length === 0) return null;
  const arrived = quality.sampling.oneIn === 1 ? '' : ` that arrived (one in ${quality.sampling.oneIn} did)`;
  return {
    id: 'longest-faults',
    title: 'Longest faults',
    body: table({
      caption: `Longest single major faults${arrived}`,
      rows: longestFaults,
      limit: LISTED,
      columns: [
        { header: 'at', value: ({ atNs }) => atNs, cell: ({ atNs }) => clockMs(atNs) },
        { header: 'latency', value: ({ latencyNs }) => latencyNs, format: duration },
        { header: 'thread', cell: ({ threadName, tid }) => `${threadName ?? '-'} ${tid}` },
        { header: 'file and offset', cell: ({ page }) => pageText(page) },
        ...(pageCache === null ? [] : [{ header: 'why', cell: whyText }]),
        { header: 'address', cell: ({ address }) => html`<code>${formatAddress(address)}</code>` },
        { header: 'instruction', cell: ({ instruction }) => html`<code>${formatAddress(instruction)}</code>` },
      ],
    }),
  };
}

function pageText(page: FaultView['page']): Piece {
  if (page === null) return '-';
  const path = page.path ?? `inode ${page.inode} on ${page.device}`;
  return html`<span class="path">${path} +${formatBytes(Number(page.offsetBytes))}</span>`;
}

function whyText({ cause }: FaultView): string {
  if (cause === null) return '-';
  const by = cause.evictor === null ? '' : ` by ${cause.evictor.actor.comm ?? '-'} ${cause.evictor.actor.pid}`;
  return `${cause.cause}${by}${cause.ageNs === null ? '' : `, ${duration(cause.ageNs)} after`}`;
}
