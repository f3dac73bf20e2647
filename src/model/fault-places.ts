import type { FileKey } from '../record/files.js';
import type { MappingKind, MappingRecord, UnmappedRecord } from '../record/record.js';
import { AddressRanges } from './address-ranges.js';
import { fileKey } from './file-counts.js';
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
  readonly #known = new AddressRanges<Mapped>(KEPT_MAPPINGS);
  /** Thousands of mappings have a handful of places; kept until one changes. */
  #sizes: Map<string, number> | null = null;

  apply(record: MappingRecord | UnmappedRecord): void {
    const { start, end } = record;
    if (record.kind === 'unmapped') this.#known.clear(start, end);
    else this.#known.set(start, end, { place: placeOf(record), start, offset: record.offset });
    this.#sizes = null;
  }

  /** What lies at an address, and how far into the file that is; null where nothing is known of it. */
  find(address: bigint): { readonly place: Place; readonly offset: bigint } | null {
    const mapped = this.#known.find(address);
    if (mapped === null) return null;
    return { place: mapped.place, offset: mapped.offset + (address - mapped.start) };
  }

  /** Bytes mapped by the place's key. */
  sizes(): ReadonlyMap<string, number> {
    if (this.#sizes === null) {
      this.#sizes = new Map();
      for (const { start, end, value } of this.#known.list()) {
        const { key } = value.place;
        this.#sizes.set(key, (this.#sizes.get(key) ?? 0) + Number(end - start));
      }
    }
    return this.#sizes;
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
