import { withMappedFiles } from '../host/mapped-file.js';
import type { Mapping } from '../host/mappings.js';
import { findResidencyTools, type Residency, readResidency } from '../host/residency.js';
import { dropOldest } from '../model/drop-oldest.js';
import type { ResidencyGapRecord, ResidencyRecord } from '../record/files.js';
import type { FileSystems } from './file-systems.js';
import type { FileWatch, WatchedFile } from './file-watch.js';

/** No more of the time than one part in fifty, and no sooner than this: to begin a process is dear. */
const PAUSE_NS = 1_000_000_000n;
const COST_FACTOR = 50n;
/** A file is looked at again after a second, then two, and so on up to so many: what is new changes most. */
const MOST_PAUSES = 10n;
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
  /** Of files of one file system; null where nothing is installed that could tell. */
  readonly read:
    | ((mappings: readonly Mapping[], limitMs: number) => Promise<readonly (Residency | 'slow' | 'failed')[]>)
    | null;
}

/** Asks fincore(1), as it is found in `path`. */
export function residencyReader(
  pid: number,
  fileSystems: FileSystems,
  path: string | undefined,
): ResidencyWatchOptions['read'] {
  const tools = findResidencyTools(path);
  if (tools === null) return null;
  return async (mappings, limitMs) => {
    const isOverlay = mappings.every(({ device }) => fileSystems.isOverlay(device));
    return withMappedFiles(pid, mappings, async (files) => {
      const paths = files.map((file) => file?.path ?? null);
      const held = paths.filter((path) => path !== null);
      const found = held.length === 0 ? [] : await readResidency(tools, { paths: held, isOverlay, limitMs });
      return paths.map((path) => (path === null ? 'failed' : (found[held.indexOf(path)] ?? 'failed')));
    });
  };
}

type Gap = ResidencyGapRecord['why'];

interface Turn {
  readonly atNs: bigint;
  /** Before this it is not looked at again. */
  readonly notBeforeNs: bigint;
  readonly gap: Gap | null;
  /** How often it was looked at. */
  readonly looks: bigint;
}

/**
 * Asks how much of the files with most faults is in the page cache: the one not asked for longest first, and with it the small
 * ones of its file system whose turn has come too.
 */
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

  /** Begins to look at files where some are due. */
  tick(): void {
    const nowNs = this.#options.nowNs();
    if (this.#closed || this.#busy || nowNs < this.#nextNs) return;
    const due = this.#due(nowNs);
    const [first] = due;
    if (first === undefined) return;
    const unasked = this.#whyNot(first);
    if (unasked !== null) {
      this.#tell(first, unasked, nowNs);
      return;
    }
    this.#busy = true;
    this.#look(isSmall(first) ? this.#together(first, due) : [first], nowNs).finally(() => {
      this.#busy = false;
    });
  }

  /** What is under way is not waited for. */
  close(): void {
    this.#closed = true;
  }

  /** Those that may be looked at now, the one not asked for longest first. */
  #due(nowNs: bigint): WatchedFile[] {
    const files = [...this.#options.files.files].filter(({ mapping }) => mapping?.of === 'file').filter(hasToldSize);
    const busiest = files.sort((a, b) => b.faults - a.faults).slice(0, FILES);
    const turn = (file: WatchedFile): Turn | undefined => this.#turns.get(idOf(file));
    const isDue = (file: WatchedFile): boolean => (turn(file)?.notBeforeNs ?? 0n) <= nowNs;
    return busiest.filter(isDue).sort((a, b) => Number((turn(a)?.atNs ?? 0n) - (turn(b)?.atNs ?? 0n)));
  }

  #together(first: WatchedFile, due: readonly WatchedFile[]): WatchedFile[] {
    return due.filter(
      (file) => file.mapping?.device === first.mapping?.device && isSmall(file) && this.#whyNot(file) === null,
    );
  }

  async #look(files: readonly WatchedFile[], beganNs: bigint): Promise<void> {
    const mappings = files.map(({ mapping }) => mapping).filter((mapping) => mapping !== null);
    const found = (await this.#options.read?.(mappings, LIMIT_MS)) ?? [];
    const endNs = this.#options.nowNs();
    const [first] = files;
    this.#pause(endNs, endNs - beganNs, first === undefined || isSmall(first) ? null : first.sizeBytes);
    for (const [index, file] of files.entries()) this.#tell(file, found[index] ?? 'failed', endNs);
  }

  #tell(file: WatchedFile, found: Residency | Gap, atNs: bigint): void {
    const { key } = file;
    const gap = typeof found === 'string' ? found : null;
    const before = this.#turns.get(idOf(file));
    const looks = (before?.looks ?? 0n) + 1n;
    const pauses = looks < MOST_PAUSES ? looks : MOST_PAUSES;
    const pauseNs = gap === null || gap === 'failed' ? pauses * PAUSE_NS : GAP_PAUSE_NS;
    this.#remember(idOf(file), { atNs, notBeforeNs: atNs + pauseNs, gap, looks });
    if (this.#closed) return;
    const { emit } = this.#options;
    if (typeof found !== 'string') emit({ kind: 'residency', atNs, ...key, ...found });
    else if (found !== before?.gap) emit({ kind: 'residency-gap', atNs, ...key, why: found });
  }

  #remember(id: string, turn: Turn): void {
    this.#turns.delete(id);
    this.#turns.set(id, turn);
    dropOldest(this.#turns, KEPT_TURNS);
  }

  /** Why a file is not asked for at all; null where it is. */
  #whyNot({ isLocal, sizeBytes }: WatchedFile): Gap | null {
    if (this.#options.read === null) return 'no-fincore';
    if (!isLocal) return 'remote';
    return this.#wouldBeSlow(sizeBytes) ? 'slow' : null;
  }

  /** `sizeBytes` of a large file; null where small ones were looked at. */
  #pause(endNs: bigint, tookNs: bigint, sizeBytes: bigint | null): void {
    // What small ones took beyond that was the machine's other work: it says nothing of the next look.
    const pauseNs = sizeBytes === null ? PAUSE_NS : tookNs * COST_FACTOR;
    this.#nextNs = endNs + (pauseNs > PAUSE_NS ? pauseNs : PAUSE_NS);
    if (sizeBytes === null) return;
    const nsPerGiB = (tookNs << 30n) / sizeBytes;
    if (this.#nsPerGiB === null || nsPerGiB > this.#nsPerGiB) this.#nsPerGiB = nsPerGiB;
  }

  #wouldBeSlow(sizeBytes: bigint | null): boolean {
    if (sizeBytes === null || sizeBytes <= LARGE_BYTES) return false;
    return this.#nsPerGiB === null || (sizeBytes * this.#nsPerGiB) >> 30n > BigInt(LIMIT_MS) * 1_000_000n;
  }
}

/** Until then nobody knows how long it would take; a server is not asked in any case. */
function hasToldSize({ sizeBytes, isLocal }: WatchedFile): boolean {
  return sizeBytes !== null || !isLocal;
}

function isSmall({ sizeBytes }: WatchedFile): boolean {
  return sizeBytes !== null && sizeBytes < TELLING_BYTES;
}

function idOf({ key }: WatchedFile): string {
  return `${key.device} ${key.inode}`;
}
