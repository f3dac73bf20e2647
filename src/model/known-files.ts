import type { FileKey, FileRecord, ResidencyGapRecord, ResidencyRecord } from '../record/files.js';
import { dropOldest } from './drop-oldest.js';
import { fileKey } from './file-counts.js';

/** What a file is called and how much of it is in memory, each as it was told last; of programs with more, the latest. */
export const KNOWN_FILES = 16_384;

export class KnownFiles {
  readonly #names = new Map<string, FileRecord>();
  readonly #residency = new Map<string, ResidencyRecord>();
  readonly #gaps = new Map<string, ResidencyGapRecord>();

  apply(record: FileRecord | ResidencyRecord | ResidencyGapRecord): void {
    const key = fileKey(record);
    if (record.kind === 'file') keep(this.#names, key, record);
    else if (record.kind === 'residency') {
      keep(this.#residency, key, record);
      this.#gaps.delete(key);
    } else keep(this.#gaps, key, record);
  }

  name(file: FileKey): FileRecord | null {
    return this.#names.get(fileKey(file)) ?? null;
  }

  residency(file: FileKey): ResidencyRecord | null {
    return this.#residency.get(fileKey(file)) ?? null;
  }

  /** Why there is no newer reading than {@link residency}. */
  residencyGap(file: FileKey): ResidencyGapRecord['why'] | null {
    return this.#gaps.get(fileKey(file))?.why ?? null;
  }
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  dropOldest(map, KNOWN_FILES);
}
