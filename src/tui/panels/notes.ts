import type { Snapshot } from '../../model/snapshot.js';
import { cell } from '../../text/cell.js';
import { formatClock } from '../../text/units.js';
import { wrap } from '../../text/wrap.js';
import { titleText } from '../glyphs.js';
import type { Panel } from '../scene.js';
import { type Line, lineColumns, type Span, span } from '../styled.js';

/** From this height on there is a title. */
const TITLED_ROWS = 3;

/** Losses and limits in words with their time, the newest ones last; what failed stays above them. */
export const notes: Panel = ({ snapshot, glyphs }, width, height) => {
  const failed = failures(snapshot);
  const told = snapshot.quality.notes;
  if (height < TITLED_ROWS) return brief(failed, told, width, height);
  const count = failed.length + told.length;
  const title = count === 0 ? 'notes: none' : `notes (${count}), newest last`;
  const newest = told.flatMap(({ atNs, text }) => noteLines(formatClock(atNs), text, width));
  const room = Math.max(0, height - 1);
  const above = failed
    .flatMap((text) => noteLines('FAILED', text, width))
    .slice(0, told.length === 0 ? room : room - 1);
  return [
    [span(titleText(title, width, glyphs), 'title')],
    ...above,
    ...newest.slice(Math.max(0, newest.length - room + above.length)),
  ];
};

/** Where there is no room for a title: failures, then the newest notes, a row each, and how many more there are. */
function brief(failed: readonly string[], told: Snapshot['quality']['notes'], width: number, height: number): Line[] {
  const all: readonly (readonly [when: Span, text: string])[] = [
    ...failed.map((text) => [span(' FAILED', 'warning'), text] as const),
    ...told.toReversed().map(({ atNs, text }) => [span(` ${formatClock(atNs)}`, 'label'), text] as const),
  ];
  if (all.length === 0) return [[span(' no notes', 'label')]];
  const hidden = all.length - height;
  return all.slice(0, height).map(([when, text], index) => {
    const head: Line = [when, span(index === 0 && hidden > 0 ? ` (+${hidden})  ` : '  ', 'label')];
    return [...head, span(cell(text, Math.max(1, width - lineColumns(head))))];
  });
}

function failures({ probes }: Snapshot): string[] {
  return probes
    .filter(({ state }) => state === 'failed')
    .map(({ set, detail }) => `probe set ${set}: ${detail ?? 'no reason given'}`);
}

function noteLines(when: string, text: string, width: number): Line[] {
  const indent = 9;
  return wrap(text, width - indent).map((part, index) => [
    span(`${index === 0 ? when.padStart(indent - 2) : ''.padStart(indent - 2)}  `, 'label'),
    span(part),
  ]);
}
