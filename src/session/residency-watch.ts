import { mappedFilePath } from '../host/mapped-file.js';
import type { Residency } from '../host/residency.js';
import type { ResidencyGapRecord, ResidencyRecord } from '../record/files.js';
import type { FileWatch, WatchedFile } from './file-watch.js';

/** No more of the time than one part in fifty, and no sooner than this. */
const PAUSE_NS = 1_000_000_000n;
const COST_FACTOR = 50n;
const LIMIT_MS = 2000;
/** A file that took too long is left alone for so long. */
const SLOW_PAUSE_NS = 300_000_000_000n;
/** Those with most faults. */
const FILES = 16;
/** Larger ones are looked at only once a smaller one has shown how fast that goes. */
const LARGE_BYTES = 64n << 30n;
/** Smaller ones show nothing but how long a process takes to start. */
const TELLING_BYTES = 256n << 20n;

export interface ResidencyWatchOptions {
  readonly pid: number;
  readonly files: Pick<FileWatch, 'files'>;
  readonly emit: (record: ResidencyRecord | ResidencyGapRecord) => void;
  readonly nowNs: () => bigint;
  readonly read: (path: string, limitMs: number) => Promise<Residency | 'slow' | 'failed'>;
}

interface Turn {
  readonly atNs: bigint;
  /** Before this it is not looked at again. */
  readonly notBeforeNs: bigint;
}

/** Asks how much of the files with most faults is in the page cache: one at a time, the one not asked for longest first. */
export class ResidencyWatch {
  readonly #options: ResidencyWatchOptions;
  readonly #turns = new Map<string, Turn>();
  #busy = false;
  #closed = false;
  #nextNs = 0n;
  /** The most that a file took so far. */
  #nsPerGiB: bigint | null = null;

  constructor(options: ResidencyWatchOptions) {
    this.#options = options;
  }

  /** Begins to look at a file where one is due. */
  tick(): void {
    const nowNs = this.#options.nowNs();
    if (this.#closed || this.#busy || nowNs < this.#nextNs) return;
    const due = this.#due(nowNs);
    if (due === null) return;
    this.#busy = true;
    this.#look(due, nowNs).finally(() => {
      this.#busy = false;
    });
  }

  /** What is under way is not waited for. */
  close(): void {
    this.#closed = true;
  }

  #due(nowNs: bigint): WatchedFile | null {
    const files = [...this.#options.files.files].filter(({ mapping }) => mapping?.of === 'file');
    const busiest = files.sort((a, b) => b.faults - a.faults).slice(0, FILES);
    const turn = (file: WatchedFile): Turn | undefined => this.#turns.get(idOf(file));
    const isDue = (file: WatchedFile): boolean => (turn(file)?.notBeforeNs ?? 0n) <= nowNs;
    const [first] = busiest.filter(isDue).sort((a, b) => Number((turn(a)?.atNs ?? 0n) - (turn(b)?.atNs ?? 0n)));
    return first ?? null;
  }

  async #look(file: WatchedFile, beganNs: bigint): Promise<void> {
    const { pid, read, emit, nowNs } = this.#options;
    const { mapping, key, sizeBytes } = file;
    if (mapping === null) return;
    const isSlow = this.#wouldBeSlow(sizeBytes);
    const found = isSlow ? 'slow' : await read(mappedFilePath(pid, mapping), LIMIT_MS);
    const endNs = nowNs();
    if (!isSlow) this.#pause(endNs, endNs - beganNs, sizeBytes);
    const notBeforeNs = found === 'slow' ? endNs + SLOW_PAUSE_NS : 0n;
    this.#turns.set(idOf(file), { atNs: endNs, notBeforeNs });
    if (this.#closed) return;
    if (found === 'failed') return;
    if (found === 'slow') emit({ kind: 'residency-gap', atNs: endNs, ...key, why: 'slow' });
    else emit({ kind: 'residency', atNs: endNs, ...key, ...found });
  }

  #pause(endNs: bigint, tookNs: bigint, sizeBytes: bigint | null): void {
    const pauseNs = tookNs * COST_FACTOR;
    this.#nextNs = endNs + (pauseNs > PAUSE_NS ? pauseNs : PAUSE_NS);
    if (sizeBytes === null || sizeBytes < TELLING_BYTES) return;
    const nsPerGiB = (tookNs << 30n) / sizeBytes;
    if (this.#nsPerGiB === null || nsPerGiB > this.#nsPerGiB) this.#nsPerGiB = nsPerGiB;
  }

  #wouldBeSlow(sizeBytes: bigint | null): boolean {
    if (sizeBytes === null || sizeBytes <= LARGE_BYTES) return false;
    return this.#nsPerGiB === null || (sizeBytes * this.#nsPerGiB) >> 30n > BigInt(LIMIT_MS) * 1_000_000n;
  }
}

function idOf({ key }: WatchedFile): string {
  return `${key.device} ${key.inode}`;
}
