import { Trace } from '../model/trace.js';
import type { FaultscopeRecord, SessionRecord } from '../record/record.js';
import { Timeline } from './timeline.js';

/** All records of a session from the first, anew at each call; a moment may come in several batches. */
export type Batches = () => Iterable<readonly FaultscopeRecord[]>;

/** A session as far as it has been played: goes forward by a batch, or back to the beginning. */
export class Reel {
  readonly timeline: Timeline;
  readonly #session: SessionRecord;
  readonly #batches: Batches;
  #trace: Trace;
  #iterator: Iterator<readonly FaultscopeRecord[]>;
  /** Read, not yet applied; null at the end. */
  #ahead: readonly FaultscopeRecord[] | null = null;
  #position = 0;
  #endNs = 0;
  #beganNs = 0;
  #isBetween = true;

  /** `toldWholeNs` as in {@link Timeline}. */
  constructor(session: SessionRecord, batches: Batches, toldWholeNs: number | null) {
    this.#session = session;
    this.#batches = batches;
    this.timeline = new Timeline(session.atNs, toldWholeNs);
    this.#trace = new Trace(session);
    this.#iterator = batches()[Symbol.iterator]();
    this.#read();
  }

  /** Having applied what came up to here. */
  get trace(): Trace {
    return this.#trace;
  }

  /** How many whole moments were applied. */
  get position(): number {
    return this.#position;
  }

  /** No moment is applied in part: what the trace tells is of one time. */
  get isBetween(): boolean {
    return this.#isBetween;
  }

  get atEnd(): boolean {
    return this.#ahead === null;
  }

  /** When the last whole moment that was applied was over, in ns since the session record. */
  get endNs(): number {
    return this.#endNs;
  }

  /** From where snapshots count: when the kernel script was attached, a little after the session record. */
  get beganNs(): number {
    return this.#beganNs;
  }

  /** As {@link endNs}, of the moment that comes next, or of what is known of it; null at the end. */
  get nextEndNs(): number | null {
    return this.#ahead === null ? null : this.timeline.endOf(this.#ahead, this.#endNs);
  }

  /** Applies the next batch; nothing at the end. */
  advance(): void {
    const records = this.#ahead;
    if (records === null) return;
    for (const record of records) this.#trace.apply(record);
    const isNew = this.#position === this.timeline.length;
    if (isNew) this.timeline.learn(records);
    const endNs = this.timeline.endOf(records, this.#endNs);
    this.#read();
    this.#isBetween = this.atEnd || endsMoment(records);
    if (!this.#isBetween) return;
    if (isNew) this.timeline.endMoment(endNs);
    if (this.atEnd) this.timeline.end();
    this.#endNs = endNs;
    this.#beganNs = endNs - this.#trace.elapsedNs;
    this.#position += 1;
  }

  /** Back to before the first moment; what the timeline has learnt stays. */
  rewind(): void {
    this.#iterator.return?.();
    this.#trace = new Trace(this.#session);
    this.#iterator = this.#batches()[Symbol.iterator]();
    this.#position = 0;
    this.#endNs = 0;
    this.#isBetween = true;
    this.timeline.forgetPart();
    this.#read();
  }

  #read(): void {
    const { done, value } = this.#iterator.next();
    this.#ahead = done === true ? null : value;
    if (this.#ahead === null && this.timeline.length === 0) this.timeline.end();
  }
}

function endsMoment(records: readonly FaultscopeRecord[]): boolean {
  const last = records.at(-1)?.kind;
  return last === 'tick' || last === 'end';
}
