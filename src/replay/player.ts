import type { Snapshot } from '../model/snapshot.js';
import type { SessionRecord } from '../record/record.js';
import { type Batches, Reel } from './reel.js';
import {
  progress,
  type Seeking,
  toEnd,
  toNearest,
  toNeighbour,
  toNextStall,
  toOtherTime,
  toPosition,
  toPreviousStall,
} from './seeking.js';
import { FASTEST, otherSpeed } from './speeds.js';

/** What a key may ask of a replay. */
export type ReplayCommand =
  | 'play'
  | 'step-back'
  | 'step-forward'
  | 'seek-back'
  | 'seek-forward'
  | 'seek-far-back'
  | 'seek-far-forward'
  | 'to-start'
  | 'to-end'
  | 'next-stall'
  | 'previous-stall'
  | 'faster'
  | 'slower';

/** Where a replay is. Times are in ns since the session began, as in snapshots. */
export interface ReplayStatus {
  readonly positionNs: number;
  /** Null as long as the end is not known. */
  readonly lengthNs: number | null;
  readonly speed: number;
  readonly doing: 'playing' | 'paused' | 'seeking';
  /** How much of the way is done while seeking, 0 to 1; null where that is not known. */
  readonly progress: number | null;
  /** The share of full stalls in each of `cells` equal parts of the whole; null where it has not been read yet. */
  stallShares(cells: number): readonly (number | null)[];
}

const NEAR_NS = 10e9;
const FAR_NS = 60e9;
/** While it seeks, figures are shown this often: each time costs the time of some ten thousand records. */
const REFRESH_MS = 1000;
/** The longest rest while it plays. */
const REST_MS = 1000;

/**
 * Plays a recorded session: pauses, steps, seeks, at any speed. It begins by reading to the end, and pauses there. Has no
 * clock and no timer: whoever has them calls {@link work}. A moment is what comes between two ticks: nothing smaller is
 * shown. What lies behind is reached by applying everything anew from the first record, so that the figures of a moment are
 * the same whichever way led there, and memory holds one session, however long the recording.
 */
export class Player {
  readonly #reel: Reel;
  #speed = 1;
  #isPlaying = false;
  #seeking: Seeking | null = null;
  /** Where and when playing began, or went on at another speed. */
  #anchor: { readonly nowMs: number; readonly atNs: number } | null = null;
  #shown: Snapshot | null = null;
  #shownMs: number | null = null;

  /**
   * Reads the first batch. `toldWholeNs`: the time from the session record to the end, where that is told without reading
   * all.
   */
  constructor(session: SessionRecord, batches: Batches, toldWholeNs: number | null = null) {
    this.#reel = new Reel(session, batches, toldWholeNs);
    this.#reel.advance();
    this.#seek(toEnd(this.#reel));
  }

  /** The session as of the moment shown: while it seeks, one on the way. The same object as long as that stays. */
  snapshot(): Snapshot {
    this.#shown ??= this.#reel.trace.snapshot();
    return this.#shown;
  }

  get status(): ReplayStatus {
    const { timeline, endNs, beganNs } = this.#reel;
    return {
      positionNs: endNs - beganNs,
      lengthNs: timeline.wholeNs === null ? null : timeline.wholeNs - beganNs,
      speed: this.#speed,
      doing: this.#seeking !== null ? 'seeking' : this.#isPlaying ? 'playing' : 'paused',
      progress: this.#seeking === null ? null : progress(this.#seeking, endNs),
      stallShares: (cells) => timeline.stallShares(cells),
    };
  }

  /** Does what a key asks; returns what is to be said where it cannot. Seeks are only begun: {@link work} does them. */
  command(command: ReplayCommand): string | null {
    switch (command) {
      case 'play':
        return this.#playOrPause();
      case 'faster':
      case 'slower':
        this.#speed = otherSpeed(this.#speed, command === 'faster' ? 1 : -1);
        this.#anchor = null;
        return null;
      case 'step-forward':
      case 'step-back':
        this.#isPlaying = false;
        return this.#seek(toNeighbour(this.#reel, this.#seeking, command === 'step-forward' ? 1 : -1));
      case 'seek-forward':
        return this.#seek(toOtherTime(this.#reel, this.#seeking, NEAR_NS));
      case 'seek-back':
        return this.#seek(toOtherTime(this.#reel, this.#seeking, -NEAR_NS));
      case 'seek-far-forward':
        return this.#seek(toOtherTime(this.#reel, this.#seeking, FAR_NS));
      case 'seek-far-back':
        return this.#seek(toOtherTime(this.#reel, this.#seeking, -FAR_NS));
      case 'to-start':
        return this.#seek(toPosition(this.#reel, 1));
      case 'to-end':
        this.#isPlaying = false;
        return this.#seek(toEnd(this.#reel));
      case 'next-stall':
        return this.#seek(toNextStall(this.#reel, this.#seeking));
      case 'previous-stall':
        return this.#seek(toPreviousStall(this.#reel, this.#seeking));
    }
  }

  /**
   * Goes on for as long as something is due at `nowMs` and the slice is not over. Returns after how many milliseconds it is
   * to be called again: 0 for at once, null for not before the next command.
   */
  work(nowMs: number, isSliceOver: () => boolean): number | null {
    if (this.#seeking !== null) return this.#workOnSeek(this.#seeking, nowMs, isSliceOver);
    return this.#isPlaying ? this.#workOnPlay(nowMs, isSliceOver) : null;
  }

  #workOnSeek(seeking: Seeking, nowMs: number, isSliceOver: () => boolean): number | null {
    const reel = this.#reel;
    do {
      if (reel.atEnd || (reel.isBetween && seeking.isThere(reel))) {
        this.#arrive();
        return this.#isPlaying ? 0 : null;
      }
      reel.advance();
    } while (!isSliceOver());
    this.#shownMs ??= nowMs;
    if (reel.isBetween && nowMs - this.#shownMs >= REFRESH_MS) {
      this.#shown = null;
      this.#shownMs = nowMs;
    }
    return 0;
  }

  #workOnPlay(nowMs: number, isSliceOver: () => boolean): number | null {
    const reel = this.#reel;
    this.#anchor ??= { nowMs, atNs: reel.endNs };
    const dueNs = this.#anchor.atNs + (nowMs - this.#anchor.nowMs) * 1e6 * this.#speed;
    while (reel.nextEndNs !== null && (!reel.isBetween || reel.nextEndNs <= dueNs || this.#speed === FASTEST)) {
      reel.advance();
      if (reel.isBetween) this.#shown = null;
      if (!isSliceOver()) continue;
      // It cannot keep up: it goes on from here, rather than to fall behind further and further.
      this.#anchor = null;
      return 0;
    }
    if (reel.nextEndNs !== null) return Math.min(REST_MS, (reel.nextEndNs - dueNs) / 1e6 / this.#speed);
    this.#isPlaying = false;
    return null;
  }

  #arrive(): void {
    this.#seeking = null;
    this.#anchor = null;
    this.#shown = null;
    this.#shownMs = null;
  }

  /** While it seeks this stops it where it is; at the end it plays from the start. */
  #playOrPause(): string | null {
    this.#anchor = null;
    this.#isPlaying = this.#seeking === null && !this.#isPlaying;
    if (this.#seeking !== null || !this.#reel.isBetween) return this.#seek(toNearest(this.#reel));
    return this.#isPlaying && this.#reel.atEnd ? this.#seek(toPosition(this.#reel, 1)) : null;
  }

  #seek(seeking: Seeking | string): string | null {
    if (typeof seeking === 'string') return seeking;
    if (seeking.position !== null && seeking.position < this.#reel.position) this.#reel.rewind();
    this.#seeking = seeking;
    return null;
  }
}
