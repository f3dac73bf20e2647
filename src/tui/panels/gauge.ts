import type { Snapshot, StallsView } from '../../model/snapshot.js';
import { formatClock, formatDuration, formatPercent, formatRate } from '../../text/units.js';
import { barText, type Glyphs } from '../glyphs.js';
import type { Scene } from '../scene.js';
import { type Line, type Span, span } from '../styled.js';

/** How many columns the boxes may take. */
const BOX_ROOM = { narrow: 16, wide: 48 };
/** How wide a box may be inside, the widest that fits first. */
const BOX_WIDTHS = { narrow: [2, 1], wide: [6, 4, 2, 1] };
const WIDE = 120;
/** Below this share a stall is told of, but is no alarm. */
const ALARM = 0.01;

/** How many threads the runtime can run at once; null where that is not known. */
export function capacityOf({ stalls, runtime }: Snapshot): number | null {
  return stalls?.capacity ?? runtime?.capacity ?? null;
}

/** What can run at once, a box for each, filled where it is stuck in major faults; and the verdict in words. */
export function gaugeLine({ snapshot, glyphs }: Scene, width: number): Line {
  const capacity = capacityOf(snapshot);
  const level = snapshot.stalls?.now?.level ?? null;
  if (capacity === null) return unknownCapacity(level, width);
  const name = { go: 'P', node: 'loop', native: 'threads' }[snapshot.runtime?.kind ?? 'native'];
  const gauge: Line = [span(` ${name} `, 'label'), ...boxes(level, capacity, width, glyphs), span('  ')];
  const room = width - gauge.reduce((columns, { text }) => columns + text.length, 0);
  return [...gauge, verdict(snapshot.stalls, room, glyphs)];
}

function unknownCapacity(level: number | null, width: number): Line {
  const texts = [
    '  stuck in major faults at once; how many can run is not known: --capacity N tells full stalls',
    '  stuck in major faults at once; --capacity N tells full stalls',
    '  stuck at once; --capacity N tells full stalls',
  ];
  const figure = formatRate(level);
  const left = [span(' threads ', 'label'), span(figure, 'fault')];
  return [...left, span(texts.find((text) => 9 + figure.length + text.length <= width) ?? '', 'label')];
}

/** Where there is no room for a box for each, one bar stands for all. */
function boxes(level: number | null, capacity: number, width: number, glyphs: Glyphs): Span[] {
  const size = width >= WIDE ? 'wide' : 'narrow';
  const room = BOX_ROOM[size];
  const inner = BOX_WIDTHS[size].find((columns) => capacity * (columns + 2) <= room);
  const figure = `${formatRate(level)} of ${capacity}`;
  if (inner === undefined) {
    const columns = room - 4 - figure.length;
    return [
      ...box(level === null ? null : Math.min(1, level / capacity), columns, glyphs),
      span(` ${figure}`, 'label'),
    ];
  }
  const each = Array.from({ length: capacity }, (_, index) =>
    box(level === null ? null : Math.min(1, Math.max(0, level - index)), inner, glyphs),
  );
  return [...each.flat(), ...(width >= WIDE ? [span(` ${figure}`, 'label')] : [])];
}

function box(filled: number | null, columns: number, glyphs: Glyphs): Span[] {
  const inside = filled === null ? '-' : barText(filled, columns, glyphs);
  return [span('['), span(inside.padEnd(columns), 'fault'), span(']')];
}

/** The longest way of saying it that fits; the words alone tell an alarm, red only underlines them. */
function verdict(stalls: StallsView | null, room: number, glyphs: Glyphs): Span {
  if (stalls === null) return span('full stalls - (not sampled yet)', 'label');
  const { recentFullFraction: lately, now } = stalls;
  const [longest] = stalls.longest;
  const length = formatDuration(longest?.durationNs ?? null, glyphs.micro);
  const alarm = (lately ?? 0) >= ALARM || (now?.fullFraction ?? 0) >= ALARM;
  const head = alarm ? 'FULL STALL' : lately === 0 ? 'no full stall:' : 'full stall';
  const shares = [formatPercent(lately), formatPercent(now?.fullFraction ?? null)];
  const at = longest === undefined ? '' : ` at ${formatClock(longest.startNs)}`;
  const texts = [
    `${head} ${shares[0]} of the last 10s, ${shares[1]} now, longest ${length}${at}`,
    `${head} ${shares[0]} of 10s, ${shares[1]} now, longest ${length}${at}`,
    `${head} ${shares[0]} of 10s, ${shares[1]} now, max ${length}`,
    `${head} ${shares[0]}, now ${shares[1]}`,
  ];
  return span(texts.find((text) => text.length <= room) ?? texts.at(-1) ?? '', alarm ? 'fullStall' : 'strong');
}
