import { withMappedFile } from '../host/mapped-file.js';
import type { Mapping } from '../host/mappings.js';
import { findResidencyTools, type Residency, readResidency } from '../host/residency.js';
import { dropOldest } from '../model/drop-oldest.js';
import type { ResidencyGapRecord, ResidencyRecord } from '../record/files.js';
import type { FileSystems } from './file-systems.js';
import type { FileWatch, WatchedFile } from './file-watch.js';

/** No more of the time than one part in fifty, and no sooner than this. */
const PAUSE_NS = 1_000_000_000n;
const COST_FACTOR = 50n;
const LIMIT_MS = 2000;
/** A file that took too long, or is not to be asked for, is left alone for so long. */
const GAP_PAUSE_NS = 300_000_000_000n;
/** Those with most faults. */
const FILES = 16;
/** Files of which is remembered when they were looked at. */
const KEPT_TURNS = 1000;
/** Larger ones are looked at only once a smaller one has shown how fast that goes. */
const LARGE_BYTES = 64n << 30n;
/** Smaller ones show nothing but how long a process takes to start. */
const TELLING_BYTES = 256n << 20n;

export interface ResidencyWatchOptions {
  readonly files: Pick<FileWatch, 'files'>;
  readonly emit: (record: ResidencyRecord | ResidencyGapRecord) => void;
  readonly nowNs: () => bigint;
  /** Null where nothing is installed that could tell. */
  readonly read: ((mapping: Mapping, limitMs: number) => Promise<Residency | 'slow' | 'failed'>) | null;
}

/** Asks fincore(1), as it is found in `path`. */
export function residencyReader(
  pid: number,
  fileSystems: FileSystems,
  path: string | undefined,
): ResidencyWatchOptions['read'] {
  const tools = findResidencyTools(path);
  if (tools === null) return null;
  return async (mapping, limitMs) => {
    const isOverlay = fileSystems.isOverlay(mapping.device);
    const found = await withMappedFile(pid, mapping, ({ path: file }) =>
      readResidency(tools, { path: file, isOverlay, limitMs }),
    );
    return found ?? 'failed';
  };
}

type Gap = ResidencyGapRecord['why'];

interface Turn {
  readonly atNs: bigint;
  /** Before this it is not looked at again. */
  readonly notBeforeNs: bigint;
  readonly gap: Gap | null;
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
    const { emit, nowNs } = this.#options;
    const { key, sizeBytes } = file;
    const unasked = this.#whyNot(file);
    const found = unasked ?? (await this.#read(file));
    const endNs = nowNs();
    if (unasked === null) this.#pause(endNs, endNs - beganNs, sizeBytes);
    const gap = typeof found === 'string' ? found : null;
    const before = this.#turns.get(idOf(file))?.gap ?? null;
    this.#remember(idOf(file), {
      atNs: endNs,
      notBeforeNs: gap === null || gap === 'failed' ? 0n : endNs + GAP_PAUSE_NS,
      gap,
    });
    if (this.#closed) return;
    if (typeof found !== 'string') emit({ kind: 'residency', atNs: endNs, ...key, ...found });
    else if (found !== before) emit({ kind: 'residency-gap', atNs: endNs, ...key, why: found });
  }

  #remember(id: string, turn: Turn): void {
    this.#turns.delete(id);
    this.#turns.set(id, turn);
    dropOldest(this.#turns, KEPT_TURNS);
  }

  async #read({ mapping }: WatchedFile): Promise<Residency | Gap> {
    const { read } = this.#options;
    return mapping === null || read === null ? 'failed' : read(mapping, LIMIT_MS);
  }

  /** Why a file is not asked for at all; null where it is. */
  #whyNot({ isLocal, sizeBytes }: WatchedFile): Gap | null {
    if (this.#options.read === null) return 'no-fincore';
    if (!isLocal) return 'remote';
    return this.#wouldBeSlow(sizeBytes) ? 'slow' : null;
  }

  #pause(endNs: bigint, tookNs: bigint, sizeBytes: bigint | null): void {
    const isTelling = sizeBytes !== null && sizeBytes >= TELLING_BYTES;
    // What a small one took beyond that was the machine's other work: it says nothing of the next look.
    const pauseNs = isTelling || sizeBytes === null ? tookNs * COST_FACTOR : PAUSE_NS;
    this.#nextNs = endNs + (pauseNs > PAUSE_NS ? pauseNs : PAUSE_NS);
    if (!isTelling) return;
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
