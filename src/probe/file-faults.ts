import type { FileFaultsRecord } from '../record/files.js';
import { pairOf, statsOf } from './map-line.js';
import { unpackFileKey } from './pack.js';

/**
 * Major faults by file as bpf/threads.bt prints them, held against the same faults by thread. The script counts a fault by
 * file first, and prints that map last: where fewer came by file, they found no room.
 */
export class FileFaultsReader {
  readonly #byRow = new Map<string, number>();
  #byThread = 0;
  #byFile = 0;
  #told = 0;

  /** A row of @fl; undefined where the script cannot have printed it. */
  row(key: string, value: string): FileFaultsRecord[] | undefined {
    const pair = pairOf(key);
    const stats = statsOf(value);
    const file = pair && unpackFileKey(...pair);
    if (file === undefined || stats === undefined) return undefined;
    this.#byFile += stats.count - (this.#byRow.get(key) ?? 0);
    this.#byRow.set(key, stats.count);
    return [{ kind: 'file-faults', ...file, count: stats.count, totalNs: stats.total }];
  }

  /** Waits of one histogram cell, more than before; those that are faults are to be found by file as well. */
  counted(code: number, more: number): void {
    const sub = code >> 14;
    if (((code >> 4) & NO_SYSCALL) === NO_SYSCALL && (sub === SLEPT || sub === NEVER_SLEPT)) this.#byThread += more;
  }

  /** Faults that had no room by file and were not told of before; 0 where no faults are counted by file at all. */
  lost(): number {
    const lost = this.#byThread - this.#byFile - this.#told;
    if (this.#byRow.size === 0 || lost <= 0) return 0;
    this.#told += lost;
    return lost;
  }
}

/** The code of a fault's latency, as the head of bpf/threads.bt has it. */
const NO_SYSCALL = 0x3ff;
const SLEPT = 2;
const NEVER_SLEPT = 3;
