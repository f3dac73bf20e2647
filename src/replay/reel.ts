import { Trace } from '../model/trace.js';
import type { FaultscopeRecord, SessionRecord } from '../record/record.js';
import { Timeline } from './timeline.js';

/** All records of a session from the first, anew at each call, each batch ending with a tick. */
export type Batches = () => Iterable<readonly FaultscopeRecord[]>;

/** A session as far as it has been played: goes forward by a moment, or back to the beginning. */
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

  /** How many moments were applied. */
  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#ahead === null;
  }

  /** When the last moment that was applied was over, in ns since the session record. */
  get endNs(): number {
    return this.#endNs;
  }

  /** The same of the moment that comes next; null at the end. */
  get nextEndNs(): number | null {
    return this.#ahead === null ? null : this.timeline.endOf(this.#ahead, this.#endNs);
  }

  /** Applies the next moment; nothing at the end. */
  advance(): void {
    const records = this.#ahead;
    if (records === null) return;
    for (const record of records) this.#trace.apply(record);
    this.#endNs = this.timeline.endOf(records, this.#endNs);
    if (this.#position === this.timeline.length) this.timeline.add(records);
    this.#position += 1;
    this.#read();
  }

  /** Back to before the first moment; what the timeline has learnt stays. */
  rewind(): void {
    this.#iterator.return?.();
    this.#trace = new Trace(this.#session);
    this.#iterator = this.#batches()[Symbol.iterator]();
    this.#position = 0;
    this.#endNs = 0;
    this.#read();
  }

  #read(): void {
    const { done, value } = this.#iterator.next();
    this.#ahead = done === true ? null : value;
    if (done === true) this.timeline.end();
  }
}
