import type { Snapshot } from '../../model/snapshot.js';
import type { OptionalSetName } from '../../record/record.js';
import { OPTIONAL_SETS } from '../../record/record.js';
import { type Html, html } from './html.js';
import type { Section } from './section.js';

const TELLS: { readonly [set in OptionalSetName]: string } = {
  requests: 'how long requests take, and how much longer those in a full stall',
  pagecache: 'why pages were not in memory, and who had evicted them',
  storage: 'which device was read from, and whether it or its queue is slow',
  stacks: 'which code took the faults, and in which code threads waited',
  wakers: 'who ended the waits, and which locks were held by threads in a fault',
};

/** What this session cannot tell, and how the next one would; null where every set ran. */
export function absentSection(snapshot: Snapshot): Section | null {
  const missing = OPTIONAL_SETS.filter((set) => !hasRun(snapshot, set));
  if (missing.length === 0) return null;
  return { id: 'absent', title: 'Not looked at', body: html`<ul>${missing.map((set) => line(snapshot, set))}</ul>` };
}

function hasRun({ requests, pageCache, storage, stacks, wakers }: Snapshot, set: OptionalSetName): boolean {
  const views = { requests, pagecache: pageCache, storage, stacks, wakers };
  return views[set] !== null;
}

function line({ probes }: Snapshot, set: OptionalSetName): Html {
  const status = probes.find((probe) => probe.set === set);
  const why = status?.state === 'failed' ? ` It failed: ${status.detail ?? 'no reason given'}.` : '';
  return html`<li><code>--${set}</code> tells ${TELLS[set]}.${why}</li>`;
}
