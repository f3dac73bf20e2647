import type { Diagnosis, Finding } from '../../diagnosis/finding.js';
import { wrap } from '../../text/wrap.js';
import { titleText } from '../glyphs.js';
import type { Panel } from '../scene.js';
import { type Line, type Span, span } from '../styled.js';

/** What the figures mean: as many findings as fit, each with its first remedy. */
export const findings: Panel = ({ diagnosis, glyphs }, width, height) => {
  const room = Math.max(0, height - 1);
  const { findings: all, allClear } = diagnosis;
  const blocks = all.map((finding) => summary(finding, width));
  const shown = fittingBlocks(blocks, room);
  const count = shown.length < all.length ? `${shown.length} of ${all.length}` : String(all.length);
  const title = all.length === 0 ? 'findings: none' : `findings: ${count}; d: all with evidence and what-if`;
  return [
    [span(titleText(title, width, glyphs), 'title')],
    ...cutAt(all.length === 0 ? clear(allClear, width) : shown.flat(), room),
  ];
};

/** The last line shows where words are missing, as a cut cell does. */
function cutAt(lines: readonly Line[], room: number): Line[] {
  return lines
    .slice(0, room)
    .map((line, row) => (row === room - 1 && lines.length > room ? [...line, span('~')] : line));
}

const MARK_COLUMNS = 10;

/** How bad it is in one word. Red stands for full stalls and nothing else. */
export function mark({ severity, id }: Finding): Span {
  const word = { stall: 'STALL', problem: 'problem', note: 'note' }[severity];
  const tone = id === 'full-stalls' ? 'fullStall' : severity === 'note' ? 'label' : 'warning';
  return span(` ${word}`.padEnd(MARK_COLUMNS), tone);
}

/** Words under a mark that stands on their first line; a bullet hangs out of them. */
export function marked(first: Span, text: string, width: number, tone: Span['tone'] = 'plain', bullet = ''): Line[] {
  return wrap(text, width - MARK_COLUMNS - bullet.length - 1).map((part, index) => [
    index === 0 ? { ...first, text: first.text.padEnd(MARK_COLUMNS) } : span(' '.repeat(MARK_COLUMNS)),
    span(index === 0 ? bullet : ' '.repeat(bullet.length)),
    span(part, tone),
  ]);
}

/** The words for nothing found; null only before anything was seen. */
export function clear(allClear: Diagnosis['allClear'], width: number): Line[] {
  return wrap(allClear ?? 'too little was seen yet', width - 2).map((text) => [span(` ${text}`)]);
}

function summary(finding: Finding, width: number): Line[] {
  const [remedy] = finding.remedies;
  return [
    ...marked(mark(finding), finding.title, width, 'strong'),
    ...(remedy === undefined ? [] : marked(span('   try', 'label'), remedy, width)),
  ];
}

/** The first one in any case, cut where it must be; others only whole. */
function fittingBlocks(blocks: readonly Line[][], room: number): Line[][] {
  const shown: Line[][] = [];
  let used = 0;
  for (const block of blocks) {
    if (shown.length > 0 && used + block.length > room) break;
    shown.push(block);
    used += block.length;
  }
  return shown;
}
