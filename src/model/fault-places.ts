import type { FileKey } from '../record/files.js';
import type { MappingKind, MappingRecord, UnmappedRecord } from '../record/record.js';
import { AddressRanges } from './address-ranges.js';
import { fileKey } from './file-counts.js';
import { MappedBytes } from './mapped-bytes.js';
import { KEPT_MAPPINGS } from './mappings.js';

/** What lies at an address: mappings of one file are one place, and so is all memory of a kind that has none. */
export interface Place {
  readonly key: string;
  readonly of: MappingKind;
  readonly path: string | null;
  readonly deleted: boolean;
  /** Null without a file. */
  readonly file: FileKey | null;
}

interface Mapped {
  readonly place: Place;
  readonly start: bigint;
  readonly offset: bigint;
}

/** What the kernel appends to the path of a file that has no name any more (fs/d_path.c). */
const DELETED = ' (deleted)';

/** The target's address space as far as faults were seen in it. */
export class FaultPlaces {
  readonly #bytes = new MappedBytes();
  readonly #known = new AddressRanges<Mapped>(KEPT_MAPPINGS, ({ place }, bytes) => this.#bytes.add(place.key, bytes));

  apply(record: MappingRecord | UnmappedRecord): void {
    const { start, end } = record;
    if (record.kind === 'unmapped') this.#known.clear(start, end);
    else this.#known.set(start, end, { place: placeOf(record), start, offset: record.offset });
  }

  /** What lies at an address, and how far into the file that is; null where nothing is known of it. */
  find(address: bigint): { readonly place: Place; readonly offset: bigint } | null {
    const mapped = this.#known.find(address);
    if (mapped === null) return null;
    return { place: mapped.place, offset: mapped.offset + (address - mapped.start) };
  }

  /** Bytes mapped of a place, by its key. */
  mappedBytes(key: string): number {
    return this.#bytes.of(key);
  }
}

function placeOf({ of, path, device, inode }: MappingRecord): Place {
  const deleted = path?.endsWith(DELETED) ?? false;
  const name = deleted ? (path?.slice(0, -DELETED.length) ?? null) : path;
  const file = inode === 0n ? null : { device, inode };
  if (of === 'file') return { key: file === null ? `file ${path}` : fileKey(file), of, path: name, deleted, file };
  if (of === 'shared' || of === 'other') return { key: `${of} ${path ?? ''}`, of, path: name, deleted, file: null };
  return { key: of, of, path: null, deleted: false, file: null };
}
