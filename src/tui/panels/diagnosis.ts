import type { Finding, Prediction, WhatIf } from '../../diagnosis/finding.js';
import { formatShares } from '../../diagnosis/words.js';
import { cell } from '../../text/cell.js';
import { formatPercent } from '../../text/units.js';
import { wrap } from '../../text/wrap.js';
import { type Glyphs, titleText } from '../glyphs.js';
import type { Scene } from '../scene.js';
import { type Line, span } from '../styled.js';
import { costLines } from './cost.js';
import { clear, mark, marked } from './findings.js';

/** The page of findings: each with its evidence, confidence and remedies, then what other capacities would give, and what looking on costs. */
export function diagnosisLines({ diagnosis, snapshot, glyphs }: Scene, width: number): Line[] {
  const { findings, allClear, whatIf } = diagnosis;
  const title = findings.length === 0 ? 'findings: none' : `findings: ${findings.length}, what matters most first`;
  return [
    [span(titleText(title, width, glyphs), 'title')],
    ...(findings.length === 0 ? clear(allClear, width) : findings.flatMap((finding) => findingLines(finding, width))),
    ...whatIfLines(whatIf, width, glyphs),
    ...costLines(snapshot.cost, width, glyphs),
  ];
}

function findingLines(finding: Finding, width: number): Line[] {
  const each = (label: string, texts: readonly string[]) =>
    texts.flatMap((text, index) => marked(span(index === 0 ? ` ${label}` : '', 'label'), text, width, 'plain', '- '));
  return [
    ...marked(mark(finding), finding.title, width, 'strong'),
    ...marked(span(''), `confidence: ${finding.confidence}`, width, 'label'),
    ...each('because', finding.evidence),
    ...each('try', finding.remedies),
    [],
  ];
}

function whatIfLines(whatIf: WhatIf | null, width: number, glyphs: Glyphs): Line[] {
  if (whatIf === null) {
    const why = ' - (nothing is predicted: no capacity is known, or too little was seen)';
    return [[span(titleText('what if', width, glyphs), 'title')], [span(why, 'label')]];
  }
  const { capacities, enough, asPread, assumptions } = whatIf;
  const [now] = capacities;
  const row = (label: string, stall: string, lost: string): Line => [
    span(` ${cell(label, 22)} ${cell(stall, 14, 'right')} ${cell(lost, 18, 'right')}`),
  ];
  return [
    [span(titleText('what if as many could run at once', width, glyphs), 'title')],
    [
      span(
        ` ${cell('capacity', 22)} ${cell('full stall', 14, 'right')} ${cell('lost parallelism', 18, 'right')}`,
        'label',
      ),
    ],
    ...capacities.map((prediction) => row(capacityLabel(prediction, now, enough), ...ranges(prediction))),
    ...(asPread === null
      ? []
      : [
          row(
            `${now?.capacity ?? '-'}, reads as pread`,
            formatPercent(asPread.fullStallFraction),
            formatPercent(asPread.lostParallelism),
          ),
        ]),
    ...marked(
      span(' enough', 'label'),
      enough === null
        ? 'no capacity brings full stalls under 1%'
        : `capacity ${enough}: full stalls under 1% of the time`,
      width,
    ),
    [span(titleText('assumed', width, glyphs), 'title')],
    ...assumptions.flatMap((text) =>
      wrap(text, width - 4).map((part, index) => [span(index === 0 ? ' - ' : '   '), span(part)]),
    ),
  ];
}

function capacityLabel({ capacity }: Prediction, now: Prediction | undefined, enough: number | null): string {
  const words = [capacity === now?.capacity ? 'now' : '', capacity === enough ? 'enough' : ''].filter(
    (word) => word !== '',
  );
  return words.length === 0 ? String(capacity) : `${capacity} (${words.join(', ')})`;
}

function ranges({ fullStallFraction, lostParallelism }: Prediction): [string, string] {
  return [formatShares(fullStallFraction), formatShares(lostParallelism)];
}
