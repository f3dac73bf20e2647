import type { FaultscopeRecord } from '../record/record.js';

/** A full stall, in ns since the session record. */
interface Stretch {
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * What is known of a recording's moments by having read them once: when each ended, and the full stalls in it. Two numbers
 * a moment, however much happened in it.
 */
export class Timeline {
  readonly #startNs: bigint;
  /** By moment, in ns since the session record; never falling. */
  readonly #endsNs: number[] = [];
  /** By moment: how much of it was a full stall of at least a millisecond. */
  readonly #stallNs: number[] = [];
  /** Moments in which a full stall was told of, ascending. */
  readonly #told: number[] = [];
  /** Told of in the moment that comes next. */
  #coming: Stretch[] = [];
  #stalledUntilNs = 0;
  #isWhole = false;

  readonly #toldWholeNs: number | null;

  /** `toldWholeNs`: the time from `startNs` to the end of the last moment, where that is told without having read it. */
  constructor(startNs: bigint, toldWholeNs: number | null) {
    this.#startNs = startNs;
    this.#toldWholeNs = toldWholeNs;
  }

  /** How many are known. */
  get length(): number {
    return this.#endsNs.length;
  }

  /** It has learnt the last moment too. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** From the session record to the end of the last moment; null where that is not known yet. */
  get wholeNs(): number | null {
    return this.#isWhole ? this.endNs(this.length) : this.#toldWholeNs;
  }

  /** When the first `count` moments were over, in ns since the session record. */
  endNs(count: number): number {
    return this.#endsNs[Math.min(count, this.length) - 1] ?? 0;
  }

  /** When a moment with these records is over that comes after the one that ended at `beforeNs`. */
  endOf(records: readonly FaultscopeRecord[], beforeNs: number): number {
    const last = records.findLast((record) => 'atNs' in record);
    return last === undefined || !('atNs' in last) ? beforeNs : Math.max(beforeNs, this.#sinceStart(last.atNs));
  }

  /** Learns from records of the moment that comes next, maybe not all. */
  learn(records: readonly FaultscopeRecord[]): void {
    for (const record of records) {
      if (record.kind !== 'stall') continue;
      const fromNs = this.#sinceStart(record.startNs);
      this.#coming.push({ fromNs, toNs: fromNs + record.durationNs });
    }
  }

  /** The moment that came next is over; `endNs` as from {@link endOf}. */
  endMoment(endNs: number): void {
    this.#endsNs.push(endNs);
    this.#stallNs.push(0);
    if (this.#coming.length > 0) this.#told.push(this.length - 1);
    for (const stall of this.#coming) this.#mark(stall);
    this.#coming = [];
  }

  /** Nothing is known any more of a moment that was not over. */
  forgetPart(): void {
    this.#coming = [];
  }

  /** There is no further moment. */
  end(): void {
    this.#isWhole = true;
  }

  /** How many moments are over at that time: the most that do not go beyond it. */
  countAt(atNs: number): number {
    return partition(this.length, (index) => (this.#endsNs[index] ?? 0) <= atNs);
  }

  /** The least number of moments above `count` of which the last tells of a full stall; null where none is known. */
  stallAfter(count: number): number | null {
    const moment = this.#told[partition(this.#told.length, (index) => (this.#told[index] ?? 0) < count)];
    return moment === undefined ? null : moment + 1;
  }

  /** The greatest number of moments below `count` of which the last tells of a full stall; null where there is none. */
  stallBefore(count: number): number | null {
    const moment = this.#told[partition(this.#told.length, (index) => (this.#told[index] ?? 0) < count - 1) - 1];
    return moment === undefined ? null : moment + 1;
  }

  /** The share of full stalls in each of `cells` equal parts of the whole; null where nothing is known yet. */
  stallShares(cells: number): (number | null)[] {
    const cellNs = (this.wholeNs ?? this.endNs(this.length)) / cells;
    const knownCells = cellNs > 0 ? Math.min(cells, Math.ceil(this.endNs(this.length) / cellNs)) : 0;
    const sumsNs: number[] = new Array(knownCells).fill(0);
    for (const [moment, stallNs] of this.#stallNs.entries()) {
      if (stallNs === 0) continue;
      const [fromNs, toNs] = [this.endNs(moment), this.endNs(moment + 1)];
      for (let cell = Math.floor(fromNs / cellNs); cell < knownCells && cell * cellNs < toNs; cell += 1) {
        const overlapNs = Math.min(toNs, (cell + 1) * cellNs) - Math.max(fromNs, cell * cellNs);
        sumsNs[cell] = (sumsNs[cell] ?? 0) + (stallNs * overlapNs) / (toNs - fromNs);
      }
    }
    return Array.from({ length: cells }, (_, cell) => {
      const sumNs = sumsNs[cell];
      return sumNs === undefined ? null : Math.min(1, sumNs / cellNs);
    });
  }

  /** A long one began in moments before it was told; as full stalls follow one another, no time is marked twice. */
  #mark({ fromNs, toNs }: Stretch): void {
    const begin = Math.max(fromNs, this.#stalledUntilNs);
    const end = Math.min(toNs, this.endNs(this.length));
    for (let moment = this.countAt(begin); moment < this.length && this.endNs(moment) < end; moment += 1) {
      const overlapNs = Math.min(end, this.endNs(moment + 1)) - Math.max(begin, this.endNs(moment));
      this.#stallNs[moment] = (this.#stallNs[moment] ?? 0) + Math.max(0, overlapNs);
    }
    this.#stalledUntilNs = Math.max(this.#stalledUntilNs, end);
  }

  #sinceStart(atNs: bigint): number {
    return Number(atNs - this.#startNs);
  }
}

/** The first index of which `holds` does not hold, where it holds for all before and for none after. */
function partition(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
