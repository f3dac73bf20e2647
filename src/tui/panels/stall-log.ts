import type { StallsView, StallView } from '../../model/snapshot.js';
import { cell } from '../../text/cell.js';
import { formatClock, formatCount, formatDuration } from '../../text/units.js';
import { type Glyphs, titleText } from '../glyphs.js';
import type { Panel, Scene } from '../scene.js';
import { type Line, span } from '../styled.js';

/** The latest full stalls, newest first: what belongs beside the timeline. */
export const recentStalls: Panel = ({ snapshot: { stalls }, glyphs }, width, height) => {
  if (stalls === null || stalls.capacity === null) return [heading('full stalls', width, glyphs), [none(stalls)]];
  const rows = newestFirst(stalls).slice(0, Math.max(0, height - 2));
  return stallTable(
    `latest full stalls of 1ms or more: ${rows.length} of ${formatCount(stalls.fullStalls)}`,
    rows,
    width,
    glyphs,
  );
};

/** The page: the longest, then the latest ones, with the threads in them. */
export function stallLines({ snapshot: { stalls }, glyphs }: Scene, width: number): Line[] {
  if (stalls === null || stalls.capacity === null) return [heading('full stalls', width, glyphs), [none(stalls)]];
  const total = formatCount(stalls.fullStalls);
  const { count, late, longestGapNs } = stalls.samples;
  const sampled = `${formatCount(count)} samples, ${formatCount(late)} late (more than 2ms), longest gap ${formatDuration(count > 0 ? longestGapNs : null, glyphs.micro)}`;
  return [
    ...stallTable(
      `longest full stalls of 1ms or more: ${stalls.longest.length} of ${total}`,
      stalls.longest,
      width,
      glyphs,
    ),
    [],
    ...stallTable(
      `latest full stalls: ${stalls.recent.length} of ${total}, newest first`,
      newestFirst(stalls),
      width,
      glyphs,
    ),
    [],
    [span(` the level: ${sampled}`, 'label')],
    [span(' threads: those stuck in it; only long stalls tell', 'label')],
  ];
}

function newestFirst({ recent }: StallsView): readonly StallView[] {
  return recent.toReversed();
}

function none(stalls: StallsView | null) {
  return span(
    stalls === null ? '  - (the level has not been sampled yet)' : '  - (no capacity is known: --capacity N)',
    'label',
  );
}

function heading(title: string, width: number, glyphs: Glyphs): Line {
  return [span(titleText(title, width, glyphs), 'title')];
}

function stallTable(title: string, stalls: readonly StallView[], width: number, glyphs: Glyphs): Line[] {
  const names = Math.max(8, width - 29);
  return [
    heading(title, width, glyphs),
    [span(` ${cell('at', 11, 'right')} ${cell('length', 7, 'right')} ${cell('stuck', 6, 'right')}  threads`, 'label')],
    ...stalls.map(({ startNs, durationNs, level, capacity, threads }) => [
      span(` ${cell(clockMs(startNs), 11, 'right')} `),
      span(cell(formatDuration(durationNs, glyphs.micro), 7, 'right'), 'fullStall'),
      span(` ${cell(`${level}/${capacity}`, 6, 'right')}  `),
      span(cell(threads === null ? '-' : threadList(threads), names)),
    ]),
    ...(stalls.length === 0 ? [[span('  none', 'label')]] : []),
  ];
}

/** Every thread with its name; the cell cuts what does not fit. */
function threadList(threads: NonNullable<StallView['threads']>): string {
  return threads.map(({ tid, name }) => `${tid} ${name ?? '-'}`).join(', ');
}

/** "00:37.120": stalls are shorter than a second. */
function clockMs(sinceStartNs: number): string {
  return `${formatClock(sinceStartNs)}.${String(Math.floor(sinceStartNs / 1e6) % 1000).padStart(3, '0')}`;
}
