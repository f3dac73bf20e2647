import type { Snapshot } from '../../model/snapshot.js';
import { cell } from '../../text/cell.js';
import { formatClock } from '../../text/units.js';
import { wrap } from '../../text/wrap.js';
import { titleText } from '../glyphs.js';
import type { Panel } from '../scene.js';
import { type Line, span } from '../styled.js';

/** Losses and limits in words with their time, the newest ones last; what failed stays above them. */
export const notes: Panel = ({ snapshot, glyphs }, width, height) => {
  const failed = failures(snapshot);
  const told = snapshot.quality.notes;
  const count = failed.length + told.length;
  if (height === 1) return [oneNote(failed, told, width)];
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

/** Where there is one row: a failure, else the newest note. */
function oneNote(failed: readonly string[], told: Snapshot['quality']['notes'], width: number): Line {
  const newest = told.at(-1);
  const [failure] = failed;
  const [when, text] =
    failure !== undefined
      ? ['FAILED', failure]
      : newest === undefined
        ? ['', '']
        : [formatClock(newest.atNs), newest.text];
  const others = failed.length + told.length - 1;
  const more = others > 0 ? ` (+${others})` : '';
  return when === ''
    ? [span(' no notes', 'label')]
    : [
        span(` ${when}${more}  `, failure === undefined ? 'label' : 'warning'),
        span(cell(text, Math.max(1, width - when.length - more.length - 4))),
      ];
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
