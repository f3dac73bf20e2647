import { type FaultStep, type FileFaultsRecord, type FileKey, NO_FILE, UNSEEN_FILE } from '../record/files.js';

/** More than one run of the script can tell apart (BPFTRACE_MAX_MAP_KEYS), so that none of a running one has to go. */
export const KEPT_FILES = 65_536;

/** A file's name for maps: two numbers. */
export function fileKey({ device, inode }: FileKey): string {
  return `${device}:${inode}`;
}

type Cell = Pick<FileFaultsRecord, 'count' | 'totalNs'>;

interface Counted extends FileKey {
  readonly faults: Record<FaultStep, number>;
  majorFaults: number;
  faultWaitNs: number;
  /** The latest readings: the script counts from nought whenever it is started. */
  readonly cells: Map<FaultStep, Cell>;
}

export type FileCount = Readonly<Omit<Counted, 'cells'>>;

/** Major faults by file as the kernel counts them. */
export class FileCounts {
  readonly #files = new Map<string, Counted>();
  /** Files of which nothing is known any more. */
  readonly dropped = { files: 0, majorFaults: 0, faultWaitNs: 0 };

  apply(record: FileFaultsRecord): void {
    const file = this.#fileOf(record);
    const before = file.cells.get(record.step);
    const isAnew = before === undefined || record.count < before.count;
    const count = record.count - (isAnew ? 0 : before.count);
    file.cells.set(record.step, record);
    file.faults[record.step] += count;
    file.majorFaults += count;
    file.faultWaitNs += record.totalNs - (isAnew ? 0 : before.totalNs);
  }

  /** The kernel counts them here. */
  get areThere(): boolean {
    return this.#files.size > 0;
  }

  /** Every file; faults that read no page of a file, or may not have, are not among them. */
  *list(): Generator<readonly [key: string, count: FileCount]> {
    for (const [key, file] of this.#files) if (key !== NONE && key !== UNSEEN) yield [key, file];
  }

  /** Faults that read no page of a file. */
  get withoutFile(): Pick<FileCount, 'majorFaults' | 'faultWaitNs'> {
    return this.#files.get(NONE) ?? { majorFaults: 0, faultWaitNs: 0 };
  }

  /** Faults of which was not seen whether they did. */
  get unseen(): Pick<FileCount, 'majorFaults' | 'faultWaitNs'> {
    return this.#files.get(UNSEEN) ?? { majorFaults: 0, faultWaitNs: 0 };
  }

  #fileOf({ device, inode }: FileFaultsRecord): Counted {
    const key = fileKey({ device, inode });
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    this.#makeRoom();
    const file = {
      device,
      inode,
      faults: { near: 0, far: 0, other: 0 },
      majorFaults: 0,
      faultWaitNs: 0,
      cells: new Map(),
    };
    this.#files.set(key, file);
    return file;
  }

  #makeRoom(): void {
    if (this.#files.size < KEPT_FILES) return;
    const files = [...this.#files].filter(([key]) => key !== NONE && key !== UNSEEN);
    const least = files.sort(([, a], [, b]) => a.majorFaults - b.majorFaults).slice(0, KEPT_FILES / 2);
    for (const [key, { majorFaults, faultWaitNs }] of least) {
      this.dropped.files += 1;
      this.dropped.majorFaults += majorFaults;
      this.dropped.faultWaitNs += faultWaitNs;
      this.#files.delete(key);
    }
  }
}

const NONE = fileKey(NO_FILE);
const UNSEEN = fileKey(UNSEEN_FILE);
