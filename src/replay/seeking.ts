import type { Reel } from './reel.js';

/** The way to a moment that is not there yet. Times are in ns since the session record. */
export interface Seeking {
  readonly fromNs: number;
  /** Null where it is not known. */
  readonly toNs: number | null;
  /** How many moments are to be applied; null where that is not known. */
  readonly position: number | null;
  isThere(reel: Reel): boolean;
}

/** How much of the way is done, 0 to 1; null where it is not known how far it is. */
export function progress({ fromNs, toNs }: Seeking, atNs: number): number | null {
  return toNs === null || toNs <= fromNs ? null : Math.min(1, Math.max(0, (atNs - fromNs) / (toNs - fromNs)));
}

/** At least the first moment; beyond the last one is the end. */
export function toPosition({ timeline, position: now, endNs }: Reel, wanted: number): Seeking {
  const position = Math.max(1, timeline.isWhole ? Math.min(wanted, timeline.length) : wanted);
  return {
    fromNs: position < now ? 0 : endNs,
    toNs: position <= timeline.length ? timeline.endNs(position) : null,
    position,
    isThere: (reel) => reel.position >= position,
  };
}

export function toEnd({ timeline, endNs }: Reel): Seeking {
  return { fromNs: endNs, toNs: timeline.wholeNs, position: null, isThere: () => false };
}

/** To where the moment is over that is being applied, if any. */
export function toNearest({ endNs }: Reel): Seeking {
  return { fromNs: endNs, toNs: null, position: null, isThere: () => true };
}

export function toNeighbour(reel: Reel, under: Seeking | null, step: 1 | -1): Seeking {
  return toPosition(reel, aimOf(reel, under).position + step);
}

/** By a time, but by a moment at least: some last longer. */
export function toOtherTime(reel: Reel, under: Seeking | null, byNs: number): Seeking {
  const { timeline, endNs } = reel;
  const { position, atNs, isTime } = aimOf(reel, under);
  const toNs = atNs + byNs;
  const [least, most] = byNs < 0 ? [1, position - 1] : [position + 1, Number.POSITIVE_INFINITY];
  const bounded = (count: number) => (isTime ? count : Math.min(most, Math.max(least, count)));
  if (timeline.isWhole || toNs < timeline.endNs(timeline.length)) {
    return toPosition(reel, bounded(timeline.countAt(toNs)));
  }
  const isThere = (at: Reel) => at.position === bounded(at.position) && (at.nextEndNs ?? toNs) > toNs;
  return { fromNs: endNs, toNs, position: null, isThere };
}

/** The next moment that tells of a full stall, or why there is none. What has not been read yet is searched. */
export function toNextStall(reel: Reel, under: Seeking | null): Seeking | string {
  const { timeline, endNs } = reel;
  const aim = aimOf(reel, under);
  const position = timeline.stallAfter(aim.position);
  if (position !== null) return toPosition(reel, position);
  if (timeline.isWhole) return `no later ${FULL_STALL}`;
  const from = Math.max(timeline.length, aim.position);
  const isThere = (at: Reel) => at.timeline.stallAfter(from) === at.position;
  return { fromNs: endNs, toNs: timeline.wholeNs, position: null, isThere };
}

/** The same backwards. */
export function toPreviousStall(reel: Reel, under: Seeking | null): Seeking | string {
  const position = reel.timeline.stallBefore(aimOf(reel, under).position);
  return position === null ? `no earlier ${FULL_STALL}` : toPosition(reel, position);
}

const FULL_STALL = 'full stall of 1ms or more';

interface Aim {
  readonly position: number;
  readonly atNs: number;
  /** It is on the way to a time of which the moment is not known yet; `position` is where it has got to. */
  readonly isTime: boolean;
}

/** Where it is, or is on the way to: a key pressed twice leads twice as far. */
function aimOf({ position, endNs }: Reel, under: Seeking | null): Aim {
  return {
    position: under?.position ?? position,
    atNs: under?.toNs ?? endNs,
    isTime: under !== null && under.position === null && under.toNs !== null,
  };
}
