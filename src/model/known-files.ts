import type { FileKey, FileRecord, ResidencyRecord } from '../record/files.js';
import { fileKey } from './file-counts.js';

/** What a file is called and how much of it is in memory, each as it was told last; of programs with more, the latest. */
const KEPT = 65_536;

export class KnownFiles {
  readonly #names = new Map<string, FileRecord>();
  readonly #residency = new Map<string, ResidencyRecord>();

  apply(record: FileRecord | ResidencyRecord): void {
    if (record.kind === 'file') keep(this.#names, fileKey(record), record);
    else keep(this.#residency, fileKey(record), record);
  }

  name(file: FileKey): FileRecord | null {
    return this.#names.get(fileKey(file)) ?? null;
  }

  residency(file: FileKey): ResidencyRecord | null {
    return this.#residency.get(fileKey(file)) ?? null;
  }
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > KEPT && oldest !== undefined) map.delete(oldest);
}
