import { closeSync } from 'node:fs';
import { errnoOf } from '../errors.js';
import { openProcFile, readOpenFile, readProcFile } from './proc-file.js';
import { parseSchedstat, type Schedstat } from './proc-schedstat.js';
import { parseStat, type StatLine } from './proc-stat.js';

/** One reading of a thread: its counters, and its accounting with the moment at which that was true. */
export interface ThreadReading {
  readonly stat: StatLine;
  readonly schedstat: Schedstat;
  readonly atNs: bigint;
}

/** A reading that took longer was interrupted, and its stamp is worth nothing: read again, but not for ever. */
const PROMPT_NS = 100_000n;
const ATTEMPTS = 3;

/** How many descriptors all {@link ThreadFiles} together may keep open. */
export class DescriptorAllowance {
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  /** True where `count` more may be opened; they then count as open until given back. */
  take(count: number): boolean {
    if (this.#left < count) return false;
    this.#left -= count;
    return true;
  }

  giveBack(count: number): void {
    this.#left += count;
  }

  /** The process met its own limit (EMFILE): keep no more, whatever is given back. */
  exhaust(): void {
    this.#left = Number.NEGATIVE_INFINITY;
  }
}

/**
 * stat and schedstat of one thread. Kept open where the allowance permits: a kept descriptor belongs to that very thread
 * (it answers ESRCH once the thread has ended, even where the number is used again) and is five times cheaper to read.
 */
export class ThreadFiles {
  readonly #directory: string;
  readonly #allowance: DescriptorAllowance;
  #open: { readonly stat: number; readonly schedstat: number } | null = null;

  constructor(directory: string, allowance: DescriptorAllowance) {
    this.#directory = directory;
    this.#allowance = allowance;
  }

  /** Null where the thread has ended. */
  read(nowNs: () => bigint): ThreadReading | null {
    if (this.#open === null && this.#allowance.take(2)) this.#open = this.#openBoth();
    const statText = this.#readStat();
    const stat = statText === null ? null : parseStat(statText);
    if (stat === null) return null;
    for (let attempt = 1; ; attempt++) {
      const fromNs = nowNs();
      const text = this.#readSchedstat();
      const tookNs = nowNs() - fromNs;
      const schedstat = text === null ? null : parseSchedstat(text);
      if (schedstat === null) return null;
      if (tookNs <= PROMPT_NS || attempt === ATTEMPTS) return { stat, schedstat, atNs: fromNs + tookNs / 2n };
    }
  }

  close(): void {
    if (this.#open === null) return;
    closeSync(this.#open.stat);
    closeSync(this.#open.schedstat);
    this.#open = null;
    this.#allowance.giveBack(2);
  }

  #readStat(): string | null {
    return this.#open === null ? readProcFile(`${this.#directory}/stat`) : readOpenFile(this.#open.stat);
  }

  #readSchedstat(): string | null {
    return this.#open === null ? readProcFile(`${this.#directory}/schedstat`) : readOpenFile(this.#open.schedstat);
  }

  #openBoth(): { stat: number; schedstat: number } | null {
    const stat = this.#tryOpen('stat');
    const schedstat = stat === null ? null : this.#tryOpen('schedstat');
    if (stat !== null && schedstat !== null) return { stat, schedstat };
    if (stat !== null) closeSync(stat);
    this.#allowance.giveBack(2);
    return null;
  }

  #tryOpen(name: string): number | null {
    try {
      return openProcFile(`${this.#directory}/${name}`);
    } catch (error) {
      if (errnoOf(error) !== 'EMFILE') throw error;
      this.#allowance.exhaust();
      return null;
    }
  }
}
