import type { Diagnosis, Finding, Prediction, WhatIf } from '../../diagnosis/finding.js';
import { formatShares } from '../../diagnosis/words.js';
import type { Snapshot } from '../../model/snapshot.js';
import { formatPercent } from '../../text/units.js';
import { bar } from './figures.js';
import { type Html, html, type Piece } from './html.js';
import { details, type Section } from './section.js';
import { table } from './table.js';
import { trustLine } from './trust.js';

/** What it all means, before any figure. */
export function verdictSection(snapshot: Snapshot, { findings, allClear, whatIf }: Diagnosis): Section {
  return {
    id: 'verdict',
    title: 'Verdict',
    body: [
      findings.map(findingHtml),
      allClear === null
        ? null
        : html`<p class="clear"><span class="badge clear-badge">No finding</span> ${allClear}</p>`,
      whatIf === null ? null : whatIfHtml(whatIf),
      trustLine(snapshot),
    ],
  };
}

const BADGES: { readonly [severity in Finding['severity']]: string } = {
  stall: 'Full stall',
  problem: 'Problem',
  note: 'Note',
};

function findingHtml({ id, severity, title, evidence, confidence, remedies }: Finding): Html {
  return html`<article class="finding finding-${severity}" aria-labelledby="finding-${id}">
<p class="meta"><span class="badge ${severity}-badge">${BADGES[severity]}</span> <span class="confidence">confidence ${confidence}</span></p>
<h3 id="finding-${id}">${title}</h3>
${list('ul', 'evidence', evidence)}
${remedies.length === 0 ? null : html`<h4>What would help, best first</h4>${list('ol', 'remedies', remedies)}`}
</article>
`;
}

function list(tag: 'ul' | 'ol', look: string, items: readonly string[]): Piece {
  if (items.length === 0) return null;
  const entries = items.map((item) => html`<li>${item}</li>`);
  return tag === 'ul' ? html`<ul class="${look}">${entries}</ul>` : html`<ol class="${look}">${entries}</ol>`;
}

interface WhatIfRow {
  readonly name: string;
  readonly fullStalls: string;
  readonly lost: string;
  /** The worse end of each. */
  readonly highest: { readonly fullStalls: number; readonly lost: number };
}

function whatIfHtml({ assumptions, capacities, enough, asPread }: WhatIf): Html {
  const rows = [...capacities.map((prediction, index) => rowOf(prediction, index === 0, enough)), ...preadRow(asPread)];
  return html`<div class="what-if"><h3 id="what-if">What if</h3>
${table({
  caption: 'The stall at other capacities, predicted',
  rows,
  columns: [
    { header: 'capacity', cell: ({ name }) => name },
    {
      header: 'full stall',
      value: ({ highest }) => highest.fullStalls,
      cell: ({ fullStalls, highest }) => [bar(highest.fullStalls, 'is-stall'), fullStalls],
    },
    {
      header: 'lost parallelism',
      value: ({ highest }) => highest.lost,
      cell: ({ lost, highest }) => [bar(highest.lost, 'is-lost'), lost],
    },
  ],
})}
<p class="note">${enoughText(enough)} Bars show the worse end of each range.</p>
${details('What this assumes', list('ul', 'evidence', assumptions))}</div>
`;
}

function rowOf(
  { capacity, fullStallFraction, lostParallelism }: Prediction,
  isNow: boolean,
  enough: number | null,
): WhatIfRow {
  const what = isNow ? ' (as measured)' : capacity === enough ? ' (enough)' : '';
  return {
    name: `${capacity}${what}`,
    fullStalls: formatShares(fullStallFraction),
    lost: formatShares(lostParallelism),
    highest: { fullStalls: fullStallFraction.high, lost: lostParallelism.high },
  };
}

function preadRow(asPread: WhatIf['asPread']): WhatIfRow[] {
  if (asPread === null) return [];
  const { fullStallFraction, lostParallelism } = asPread;
  return [
    {
      name: 'as it is, the reads as pread(2)',
      fullStalls: formatPercent(fullStallFraction),
      lost: formatPercent(lostParallelism),
      highest: { fullStalls: fullStallFraction, lost: lostParallelism },
    },
  ];
}

function enoughText(enough: number | null): string {
  if (enough === null) return 'No capacity that was tried brings full stalls under 1% of the time.';
  return `Capacity ${enough} is enough: full stalls under 1% of the time.`;
}
