import type { Diagnosis, Finding, Prediction, WhatIf } from '../diagnosis/finding.js';
import { formatShares } from '../diagnosis/words.js';
import { cell } from '../text/cell.js';
import { formatPercent } from '../text/units.js';
import { paragraph, shortParagraph } from './report-lines.js';

/** Findings told in full; the rest is counted. */
const FINDINGS = 3;

/** What it all means, in a dozen lines at most: findings with what would help, or that there is nothing to report. */
export function verdictLines({ findings, allClear }: Diagnosis): string[] {
  if (findings.length === 0) return allClear === null ? [] : shortParagraph('', allClear, 4);
  const more = findings.length - FINDINGS;
  return [
    ...findings.slice(0, FINDINGS).flatMap((finding, index) => findingLines(finding, index === 0 ? 2 : 1)),
    ...(more > 0 ? [`and ${more} more; the summary has them all`] : []),
  ];
}

function findingLines({ severity, title, remedies }: Finding, remedyCount: number): string[] {
  return [
    ...shortParagraph(LEADS[severity], title, 2),
    ...remedies.slice(0, remedyCount).flatMap((remedy) => shortParagraph('         try ', remedy, 2)),
  ];
}

const LEADS: { readonly [severity in Finding['severity']]: string } = {
  stall: 'STALL    ',
  problem: 'problem  ',
  note: 'note     ',
};

/** Rows of the table of predictions: the present capacity and the next larger ones. */
const CAPACITIES = 4;

/** The stall at other capacities, as a small table. */
export function whatIfLines(whatIf: WhatIf | null): string[] {
  if (whatIf === null) return [];
  const { capacities, enough, asPread } = whatIf;
  const reads = asPread === null ? '' : `; the same reads as pread: ${formatPercent(asPread.fullStallFraction)}`;
  return [
    `${cell('what if: capacity', 20)}${cell('full stalls', 14)}lost parallelism`,
    ...capacities.slice(0, CAPACITIES).map((prediction, index) => predictionLine(prediction, index === 0)),
    ...paragraph('  ', `full stalls under 1%: ${enough === null ? 'at none' : `at ${enough}`}${reads}`),
  ];
}

function predictionLine({ capacity, fullStallFraction, lostParallelism }: Prediction, isPresent: boolean): string {
  const label = `  ${capacity}${isPresent ? ' (as it is)' : ''}`;
  return `${cell(label, 20)}${cell(formatShares(fullStallFraction), 14)}${formatShares(lostParallelism)}`;
}
