import type { Snapshot } from '../../model/snapshot.js';
import { formatCount, formatPercent } from '../../text/units.js';
import { type Html, html } from './html.js';

/** How far the figures can be trusted, in a few lines below what they mean. */
export function trustLine({ quality }: Snapshot): Html {
  const { coverage, lostEvents, droppedRecords, sampling, worstResidueFraction, notes } = quality;
  const complete = (coverage.fraction === null || coverage.fraction >= 0.99) && lostEvents + droppedRecords === 0;
  const facts = [
    `${formatPercent(coverage.fraction)} of the major faults that the kernel counted were traced (${formatCount(coverage.traced)} of ${formatCount(coverage.kernel)})`,
    `${formatCount(lostEvents)} events lost, ${formatCount(droppedRecords)} records dropped`,
    sampling.oneIn === 1
      ? 'every single fault arrived'
      : `one in ${sampling.oneIn} single faults arrived: what rests on them is estimated`,
    `at most ${formatPercent(worstResidueFraction)} of a thread's life is unexplained`,
  ];
  return html`<div class="trust"><h3>How far to trust this</h3>
<p><b>${complete ? 'Nothing is known to be missing.' : 'Not all of it was seen.'}</b> ${facts.join('; ')}.</p>
<p><a href="#quality">${notes.length === 0 ? 'No notes' : `${notes.length} notes`}, and how it was measured</a></p></div>
`;
}
