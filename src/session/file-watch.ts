import { mappedFileSize } from '../host/mapped-file.js';
import { type Mapping, nameOf } from '../host/mappings.js';
import type { FileFaultsRecord, FileKey, FileRecord } from '../record/files.js';
import type { FaultRecord } from '../record/record.js';
import type { FileSystems } from './file-systems.js';
import type { MappingWatch } from './mapping-watch.js';

/** How soon names are looked at again, for files that were renamed or deleted. */
const REVIEW_NS = 5_000_000_000n;
/** Looking through the names of many files in many mappings takes no longer than this at once. */
const TURN_NS = 3_000_000n;
/** Files kept; of a program that maps more, those that faulted longest ago are forgotten. */
const KEPT = 10_000;

/** A file with faults. */
export interface WatchedFile {
  readonly key: FileKey;
  /** Major faults so far; where the kernel does not count them by file, as single faults tell. */
  readonly faults: number;
  /** One of its mappings, as it was last seen; null where none was. */
  readonly mapping: Mapping | null;
  readonly sizeBytes: bigint | null;
  /** It can be looked at without the help of a server (see {@link FileSystems}). */
  readonly isLocal: boolean;
}

interface Row extends WatchedFile {
  readonly firstNs: bigint;
  readonly bySteps: Map<string, number>;
  faults: number;
  mapping: Mapping | null;
  sizeBytes: bigint | null;
  isLocal: boolean;
  /** What was told last. */
  told: string | null;
}

export interface FileWatchOptions {
  readonly pid: number;
  readonly mappings: MappingWatch;
  readonly fileSystems: FileSystems;
  readonly emit: (record: FileRecord) => void;
  readonly nowNs: () => bigint;
  /** The kernel tells the page of each fault; else the mapping is all that is known. */
  readonly pages: boolean;
  readonly sizeOf?: (pid: number, mapping: Mapping, isLocal: boolean) => Promise<bigint | null>;
}

/** Tells what the files are called in which the target faults: as soon as a mapping says so, and when that changes. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  /** In order of their latest fault. */
  readonly #rows = new Map<string, Row>();
  /** Still to be looked at in the present round. */
  #turn: Row[] = [];
  #lookedNs: bigint | null = null;
  #sizing = false;
  readonly #unsized = new Set<Row>();
  readonly #unsizedRemote = new Set<Row>();
  /** Those of them that were asked for already. */
  readonly #asked = new WeakSet<Row>();
  #closed = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
  }

  /** Those that still may be read, most recent faults last. */
  get files(): Iterable<WatchedFile> {
    return this.#rows.values();
  }

  /** A fault of this file is about to be told. */
  before(record: Pick<FaultRecord, 'kind' | 'page' | 'address' | 'weight'> | FileFaultsRecord): void {
    const file = record.kind === 'fault' ? this.#fileOf(record) : record;
    if (file === null || file.device === 0) return;
    const row = this.#rowOf(file);
    if (record.kind === 'fault' && !this.#options.pages) row.faults += record.weight;
    if (record.kind === 'file-faults') {
      row.bySteps.set(record.step, record.count);
      row.faults = [...row.bySteps.values()].reduce((sum, count) => sum + count, 0);
    }
  }

  /** Once in a while, with the mappings as they are known by then. */
  tick(): void {
    const { mappings, nowNs } = this.#options;
    if (this.#rows.size === 0) return;
    const dueNs = (mappings.readNs ?? 0n) + REVIEW_NS;
    const nameless = [...this.#rows.values()].some(({ told }) => told === null);
    if (nameless || nowNs() >= dueNs) mappings.refresh();
    if (this.#turn.length === 0 && mappings.readNs !== this.#lookedNs) {
      this.#turn = [...this.#rows.values()];
      this.#lookedNs = mappings.readNs;
    }
    const endNs = nowNs() + TURN_NS;
    // Latest faults first.
    while (this.#turn.length > 0 && nowNs() < endNs) this.#review(this.#turn.pop());
  }

  close(): void {
    this.#closed = true;
  }

  #fileOf({ page, address }: Pick<FaultRecord, 'page' | 'address'>): FileKey | null {
    const { pages, mappings } = this.#options;
    if (pages) return page;
    const mapping = mappings.at(address);
    return mapping?.of === 'file' ? mapping : null;
  }

  #rowOf(file: FileKey): Row {
    const { mappings, nowNs } = this.#options;
    const id = `${file.device} ${file.inode}`;
    const known = this.#rows.get(id);
    if (known !== undefined) {
      this.#rows.delete(id);
      this.#rows.set(id, known);
      return known;
    }
    this.#makeRoom();
    const row: Row = {
      key: { device: file.device, inode: file.inode },
      firstNs: nowNs(),
      bySteps: new Map(),
      faults: 0,
      mapping: null,
      sizeBytes: null,
      isLocal: false,
      told: null,
    };
    this.#rows.set(id, row);
    if (mappings.ofFile(row.key) === null) mappings.refresh();
    this.#review(row);
    return row;
  }

  #makeRoom(): void {
    const [oldest] = this.#rows;
    if (this.#rows.size < KEPT || oldest === undefined) return;
    const [id, row] = oldest;
    this.#rows.delete(id);
    this.#unsized.delete(row);
    this.#unsizedRemote.delete(row);
  }

  #review(row: Row | undefined): void {
    if (row === undefined) return;
    const { mappings } = this.#options;
    const mapping = mappings.ofFile(row.key);
    // Unmapped by now: its name, where it was told, may still be the right one.
    if (mapping === null && row.told !== null) return;
    if (mapping !== null) {
      const { fileSystems } = this.#options;
      row.mapping = mapping;
      row.isLocal = fileSystems.isLocal(row.key.device) && fileSystems.isLocal(mapping.device);
    }
    // A reading that began after its fault and knows nothing of it: it was unmapped before we could look.
    if (mapping === null && (mappings.readNs ?? 0n) <= row.firstNs) return;
    this.#tell(row);
    if (mapping !== null) this.#measure(row);
  }

  #tell(row: Row): void {
    const { emit, nowNs } = this.#options;
    const { path, deleted } = nameOf(row.mapping?.path ?? '');
    const named = row.mapping === null ? { path: null, deleted: false } : { path, deleted };
    const news = JSON.stringify([named, `${row.sizeBytes}`]);
    if (news === row.told) return;
    row.told = news;
    emit({ kind: 'file', atNs: nowNs(), ...row.key, ...named, sizeBytes: row.sizeBytes });
  }

  /** One after the other. What a server would have to tell is asked for once: for many files that takes long. */
  #measure(row: Row): void {
    if (row.isLocal) this.#unsized.add(row);
    else if (!this.#asked.has(row)) this.#unsizedRemote.add(row);
    if (this.#sizing) return;
    this.#sizing = true;
    this.#measureAll().finally(() => {
      this.#sizing = false;
    });
  }

  async #measureAll(): Promise<void> {
    const { pid, sizeOf = mappedFileSize } = this.#options;
    for (let row = this.#nextUnsized(); row !== undefined; row = this.#nextUnsized()) {
      const sizeBytes = row.mapping === null ? null : await sizeOf(pid, row.mapping, row.isLocal);
      if (this.#closed) return;
      if (sizeBytes === null) continue;
      row.sizeBytes = sizeBytes;
      this.#tell(row);
    }
  }

  #nextUnsized(): Row | undefined {
    const [local] = this.#unsized;
    const [remote] = this.#unsizedRemote;
    const next = local ?? remote;
    if (next === undefined) return undefined;
    this.#unsized.delete(next);
    this.#unsizedRemote.delete(next);
    if (!next.isLocal) this.#asked.add(next);
    return next;
  }
}
