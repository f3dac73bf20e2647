import type { ReplayStatus } from '../../replay/player.js';
import { formatClock, formatPercent } from '../../text/units.js';
import type { Glyphs } from '../glyphs.js';
import type { Panel } from '../scene.js';
import { type Line, lineColumns, type Span, span } from '../styled.js';

/** Where the replay is: what it does, the time, the speed, and a bar from start to end with the full stalls in it. */
export const replayLine: Panel = ({ replay, glyphs }, width) => {
  if (replay === null) return [];
  const words = wordsOf(replay);
  return [[...words, ...bar(replay, width - lineColumns(words) - 1, glyphs)]];
};

/** Nothing moves as figures grow: "seeking 100%" is the longest, and times take the room of the whole. */
function wordsOf({ doing, progress, positionNs, lengthNs, speed }: ReplayStatus): Line {
  const state = progress === null ? doing : `${doing} ${formatPercent(progress)}`;
  const length = lengthNs === null ? '-' : formatClock(lengthNs);
  return [
    span(` ${state.padEnd(12)}`, doing === 'playing' ? 'strong' : 'warning'),
    span(` ${formatClock(positionNs).padStart(Math.max(5, length.length))}`, 'strong'),
    span(` of ${length}`, 'label'),
    span(` ${speedText(speed).padStart(4)} `),
  ];
}

/** "1/4x", "64x", "max". */
function speedText(speed: number): string {
  if (speed === Number.POSITIVE_INFINITY) return 'max';
  return speed < 1 ? `1/${1 / speed}x` : `${speed}x`;
}

/** A full stall is as high as its share of the time in its column; what has not been read yet is blank. */
function bar(replay: ReplayStatus, columns: number, glyphs: Glyphs): Span[] {
  if (columns <= 0) return [];
  const { positionNs, lengthNs } = replay;
  const done = lengthNs === null || lengthNs <= 0 ? 1 : Math.min(1, positionNs / lengthNs);
  const here = Math.round(done * (columns - 1));
  return replay.stallShares(columns).map((share, column) => {
    if (column === here) return span(glyphs.here, 'strong');
    if (share === null) return span(' ');
    if (share === 0) return span(glyphs.rule, column < here ? 'plain' : 'faint');
    return span(glyphs.level[Math.ceil(share * (glyphs.level.length - 1))] ?? '', 'fullStall');
  });
}
