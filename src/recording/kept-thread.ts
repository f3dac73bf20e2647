import type { EndingThread } from '../model/ended-threads.js';
import type { SwitchRecord } from '../record/record.js';

/** What all threads together have. */
export interface ThreadSums {
  cells: number;
  /** Of the cells, those of which the other epoch's is there, too: one row of a histogram has both. */
  twins: number;
  /** Rows that are left of threads that have ended. */
  settledRows: number;
  nameBytes: number;
}

/** What the model keeps of one thread, and when it takes it for ended (src/model/thread-account.ts, thread-clock.ts). */
export class KeptThread implements EndingThread {
  readonly #sums: ThreadSums;
  readonly #cells = new Set<number>();
  #twins = 0;
  #settledRows = 0;
  #nameBytes = 0;
  key: number;
  isListed = true;
  isSettled = false;
  /** It has ended, though it may have come to life again. */
  hasEnded = false;
  /** The latest, whichever was told last. */
  #switchNs: bigint | null = null;
  #isLastSwitch = false;
  #goneNs: bigint | null = null;
  #presumedNs: bigint | null = null;

  constructor(key: number, sums: ThreadSums) {
    this.key = key;
    this.#sums = sums;
  }

  get alive(): boolean {
    return this.endedNs === null;
  }

  /** Null while it lives. */
  get endedNs(): bigint | null {
    return this.#isLastSwitch ? this.#switchNs : (this.#goneNs ?? this.#presumedNs);
  }

  applySample(): void {
    this.#presumedNs = null;
  }

  applySwitch({ event, atNs }: SwitchRecord): void {
    this.#presumedNs = null;
    if (this.#switchNs !== null && atNs < this.#switchNs) return;
    this.#switchNs = atNs;
    this.#isLastSwitch = event === 'last';
    this.hasEnded ||= this.#isLastSwitch;
  }

  markGone(atNs: bigint): void {
    this.#goneNs = atNs;
    this.hasEnded = true;
  }

  presumeGone(atNs: bigint): void {
    this.#presumedNs = atNs;
    this.hasEnded = true;
  }

  /** Twice: a snapshot, a summary and a report tell it again. */
  name(name: string): void {
    this.#setNameBytes(4 * name.length);
  }

  /** `row` of a histogram; its cells of one epoch and the next are told of in turn. */
  addCell(row: number, epoch: number): void {
    const cell = row * 2 + (epoch % 2);
    if (this.#cells.has(cell)) return;
    this.#cells.add(cell);
    this.#sums.cells += 1;
    if (!this.#cells.has(cell + 1 - 2 * (epoch % 2))) return;
    this.#twins += 1;
    this.#sums.twins += 1;
  }

  settle(): void {
    const rows = this.#cells.size - this.#twins;
    this.isSettled = true;
    this.#settledRows += rows;
    this.#sums.settledRows += rows;
    this.#sums.cells -= this.#cells.size;
    this.#sums.twins -= this.#twins;
    this.#cells.clear();
    this.#twins = 0;
  }

  unlist(): void {
    this.isListed = false;
  }

  /** Nothing of it is kept any more. */
  giveBack(): void {
    this.settle();
    this.#sums.settledRows -= this.#settledRows;
    this.#settledRows = 0;
    this.#setNameBytes(0);
  }

  #setNameBytes(bytes: number): void {
    this.#sums.nameBytes += bytes - this.#nameBytes;
    this.#nameBytes = bytes;
  }
}
