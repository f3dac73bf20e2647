import { FAULT_CAUSE_MEANINGS } from '../../diagnosis/fault-cause-words.js';
import type { CauseShare } from '../../model/files-view.js';
import type { PageCacheView } from '../../model/page-cache-view.js';
import { cell } from '../../text/cell.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import { barText, type Glyphs, titleText } from '../glyphs.js';
import { type Line, span } from '../styled.js';

/** Why pages were not there: a bar a cause, with how sure it is. */
export function causeLines({ causes, majorFaults }: PageCacheView, width: number, glyphs: Glyphs): Line[] {
  const bar = Math.max(0, Math.min(40, width - 80));
  return [
    [span(titleText(`causes of ${formatCount(majorFaults)} major faults`, width, glyphs), 'title')],
    [span(` ${cell('cause', 13)} ${' '.repeat(bar)} share faults f.time   mean  sure    what it means`, 'label')],
    ...causes.map((share) => causeLine(share, majorFaults, bar, glyphs)),
    ...(causes.length === 0 ? [[span('  no major fault in its files yet', 'label')]] : []),
  ];
}

function causeLine(
  { cause, majorFaults, faultWaitNs, confidence }: CauseShare,
  all: number,
  bar: number,
  glyphs: Glyphs,
): Line {
  const share = all > 0 ? majorFaults / all : 0;
  const figures = [
    cell(formatPercent(share), 5, 'right'),
    cell(formatCount(majorFaults), 6, 'right'),
    cell(formatDuration(faultWaitNs, glyphs.micro), 6, 'right'),
    cell(formatDuration(Math.round(faultWaitNs / majorFaults), glyphs.micro), 6, 'right'),
  ];
  return [
    span(` ${cell(cause, 13)} `),
    span(cell(barText(share, bar, glyphs), bar), 'fault'),
    span(` ${figures.join(' ')}`),
    span(`  ${cell(confidence, 6)}`, confidence === 'low' ? 'warning' : 'plain'),
    span(`  ${FAULT_CAUSE_MEANINGS[cause]}`, 'label'),
  ];
}
