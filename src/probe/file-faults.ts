import { type FileFaultsRecord, type FileKey, NO_FILE, UNSEEN_FILE } from '../record/files.js';
import { pairOf, statsOf } from './map-line.js';
import { unpackFileKey } from './pack.js';

/**
 * Major faults by file as bpf/threads.bt prints them, held against the same faults by thread. The script counts a fault by
 * file first, and prints that map last: where fewer came by file, they found no room.
 */
export class FileFaultsReader {
  readonly #byRow = new Map<string, Stats>();
  #byThread = 0;
  #byFile = 0;
  #told = 0;
  #isEnding = false;
  /** Those of which it was not seen as everything attached. */
  #early = NOTHING;

  /** What comes now was counted while some of the script was detached already. */
  ends(): void {
    this.#isEnding = true;
  }

  /** A row of @fl; undefined where the script cannot have printed it. */
  row(key: string, value: string): FileFaultsRecord[] | undefined {
    const pair = pairOf(key);
    const stats = statsOf(value);
    const file = pair && unpackFileKey(...pair);
    if (file === undefined || stats === undefined) return undefined;
    const before = this.#byRow.get(key) ?? NOTHING;
    this.#byFile += stats.count - before.count;
    this.#byRow.set(key, stats);
    if (isSame(file, UNSEEN_FILE)) this.#early = stats;
    if (this.#isEnding && isSame(file, NO_FILE)) return [this.#unseen(stats, before)];
    return [{ kind: 'file-faults', ...file, count: stats.count, totalNs: stats.total }];
  }

  /** Of those without a page, what came since the last dump may have had one. */
  #unseen(stats: Stats, before: Stats): FileFaultsRecord {
    const count = this.#early.count + stats.count - before.count;
    const totalNs = this.#early.total + stats.total - before.total;
    return { kind: 'file-faults', ...UNSEEN_FILE, step: 'other', count, totalNs };
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

interface Stats {
  readonly count: number;
  readonly total: number;
}

const NOTHING: Stats = { count: 0, total: 0 };

function isSame(a: FileKey, b: FileKey): boolean {
  return a.device === b.device && a.inode === b.inode;
}

/** The code of a fault's latency, as the head of bpf/threads.bt has it. */
const NO_SYSCALL = 0x3ff;
const SLEPT = 2;
const NEVER_SLEPT = 3;
