import type { FaultscopeRecord, LevelRecord, StallRecord } from '../record/record.js';

/** How long recording goes on after the stall was noticed: what follows a stall says how the program comes out of it. */
export const AFTER_STALL_NS = 10_000_000_000n;

/** A full stall that was as long as was waited for. */
export interface SeenStall {
  /** When it began; for one that has no end yet, a lower bound by when it was full at the latest. */
  readonly startNs: bigint;
  /** At least that long where it has no end yet. */
  readonly durationNs: number;
  readonly hasEnded: boolean;
}

/**
 * Waits for the first full stall of a length. The kernel script tells of a stall when it is over; one that goes on shows in the
 * sampled level: it was full from one tick to the next without a break. By the records' own times.
 */
export class StallWatch {
  /** What is waited for. */
  readonly leastNs: number;
  /** By capacity and level, sampled nanoseconds. */
  readonly #levels = new Map<string, number>();
  /** Sampled since the last tick, and how much of it was full. */
  #span = { sampledNs: 0, fullNs: 0 };
  #fullForNs = 0;
  #seen: SeenStall | null = null;
  #noticedNs: bigint | null = null;
  #nowNs = 0n;

  constructor(leastNs: number) {
    this.leastNs = leastNs;
  }

  /** The stall that was waited for; null as long as there was none. */
  get seen(): SeenStall | null {
    return this.#seen;
  }

  /** It was seen long enough ago for what follows it to be recorded. */
  get isOver(): boolean {
    return this.#noticedNs !== null && this.#nowNs >= this.#noticedNs + AFTER_STALL_NS;
  }

  apply(record: FaultscopeRecord): void {
    if (record.kind === 'level') this.#applyLevel(record);
    else if (record.kind === 'stall') this.#applyStall(record);
    else if (record.kind === 'tick') this.#applyTick(record.atNs);
  }

  #applyLevel({ capacity, level, totalNs }: LevelRecord): void {
    const key = `${capacity} ${level}`;
    const ns = totalNs - (this.#levels.get(key) ?? 0);
    this.#levels.set(key, totalNs);
    this.#span.sampledNs += ns;
    if (capacity > 0 && level >= capacity) this.#span.fullNs += ns;
  }

  #applyStall({ startNs, durationNs }: StallRecord): void {
    if (durationNs < this.leastNs) return;
    // The end of one that had none when it was noticed, or the first.
    const isSame = this.#seen !== null && !this.#seen.hasEnded && startNs <= this.#seen.startNs;
    if (this.#seen === null || isSame) this.#seen = { startNs, durationNs, hasEnded: true };
  }

  #applyTick(atNs: bigint): void {
    this.#nowNs = atNs;
    const { sampledNs, fullNs } = this.#span;
    this.#span = { sampledNs: 0, fullNs: 0 };
    // A tick without a reading says nothing.
    if (sampledNs > 0) this.#fullForNs = fullNs === sampledNs ? this.#fullForNs + fullNs : 0;
    if (this.#seen === null && this.#fullForNs >= this.leastNs) {
      const startNs = atNs - BigInt(this.#fullForNs);
      this.#seen = { startNs, durationNs: this.#fullForNs, hasEnded: false };
    }
    if (this.#seen !== null) this.#noticedNs ??= atNs;
  }
}
