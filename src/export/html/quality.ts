import type { Snapshot } from '../../model/snapshot.js';
import { formatClock, formatCount, formatPercent } from '../../text/units.js';
import { costWords } from '../cost-words.js';
import { duration } from './figures.js';
import { html } from './html.js';
import type { Section } from './section.js';
import { table } from './table.js';

/** Notes that a page shows; the earlier ones are counted. */
const NOTES = 200;

/** How it was measured, and what is missing. */
export function qualitySection(snapshot: Snapshot): Section {
  const { quality, probes, stalls, host, tool, cost } = snapshot;
  const samples = stalls?.samples ?? null;
  return {
    id: 'quality',
    title: 'How it was measured',
    body: [
      html`<p>faultscope ${tool.version}, bpftrace ${host.bpftrace ?? '-'}, Linux ${host.kernel} (${host.arch}), ${host.cpus} CPUs.</p>`,
      table({
        caption: 'Probe sets',
        rows: probes,
        columns: [
          { header: 'set', cell: ({ set }) => set },
          { header: 'state', cell: ({ state }) => (state === 'failed' ? html`<b>FAILED</b>` : state) },
          { header: 'attached as', cell: ({ variant }) => variant ?? '-' },
          { header: 'why', cell: ({ detail }) => detail ?? '-' },
        ],
      }),
      html`<dl class="pairs">
<div><dt>Coverage</dt><dd>${formatPercent(quality.coverage.fraction)}: traced ${formatCount(quality.coverage.traced)} of ${formatCount(quality.coverage.kernel)}</dd></div>
<div><dt>Events lost</dt><dd>${quality.lostEvents}</dd></div>
<div><dt>Records dropped</dt><dd>${quality.droppedRecords}</dd></div>
<div><dt>Single faults that arrive</dt><dd>${quality.sampling.oneIn === 1 ? 'all' : `one in ${quality.sampling.oneIn}`}</dd></div>
<div><dt>Worst residue of a thread</dt><dd>${formatPercent(quality.worstResidueFraction)}</dd></div>
${samples === null ? null : html`<div><dt>Samples of the level</dt><dd>${formatCount(samples.count)}, ${formatCount(samples.late)} late, longest gap ${duration(samples.count > 0 ? samples.longestGapNs : null)}</dd></div>`}
${cost === null ? null : html`<div><dt>What looking on cost</dt><dd>${costWords(cost)}</dd></div>`}
</dl>`,
      table({
        caption: 'Notes: losses and limits, newest first',
        rows: quality.notes.toReversed(),
        none: 'there is nothing to note',
        limit: NOTES,
        columns: [
          { header: 'at', value: ({ atNs }) => atNs, cell: ({ atNs }) => formatClock(atNs) },
          { header: 'note', cell: ({ text }) => text },
        ],
      }),
    ],
  };
}
