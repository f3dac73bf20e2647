import type { FileKey } from '../record/files.js';
import type { FileSystems } from './file-systems.js';

/** Faults in a row that must say the same before it is believed. */
const VOTES = 3;
/** Files whose other name is kept; those beyond it are forgotten, the oldest first. */
const KEPT = 10_000;

interface Alias {
  readonly mapped: FileKey;
  cached: FileKey;
  votes: number;
}

/**
 * On overlayfs /proc/PID/maps shows the overlay's own inode, while the page cache hangs on the inode of the layer below
 * (backing_file_mmap() in fs/backing-file.c). Which one that is, faults tell; but a mapping that has taken another one's
 * place would tell something wrong, so several in a row must agree.
 */
export class FileAliases {
  readonly #fileSystems: FileSystems;
  readonly #aliases = new Map<string, Alias>();
  /** The same by the page cache's name. */
  readonly #mapped = new Map<string, FileKey[]>();

  constructor(fileSystems: FileSystems) {
    this.#fileSystems = fileSystems;
  }

  /**
   * Whether a mapping is of the file whose page was read, as far as is known. `fresh`: the mapping was read after the
   * fault, so that it may be learned from.
   */
  agree(mapped: FileKey, cached: FileKey, fresh: boolean): boolean {
    const known = this.#aliases.get(keyOf(mapped));
    const matches = known !== undefined && isSame(known.cached, cached);
    if (matches && known.votes >= VOTES) return true;
    if (!fresh || !this.#fileSystems.isOverlay(mapped.device)) return false;
    if (matches) known.votes += 1;
    else this.#begin(mapped, cached);
    if (!matches || known.votes < VOTES) return false;
    const names = this.#mapped.get(keyOf(cached)) ?? [];
    this.#mapped.set(keyOf(cached), [...names.filter((name) => !isSame(name, mapped)), mapped]);
    return true;
  }

  /** The names under which the mappings of a file are shown, beside its own. */
  of(cached: FileKey): readonly FileKey[] {
    return this.#mapped.get(keyOf(cached)) ?? [];
  }

  /** Also where it was believed to be another one: the first write copies a file to the upper layer. */
  #begin(mapped: FileKey, cached: FileKey): void {
    const key = keyOf(mapped);
    this.#forget(key);
    const [oldest] = this.#aliases.keys();
    if (this.#aliases.size >= KEPT && oldest !== undefined) this.#forget(oldest);
    this.#aliases.set(key, { mapped, cached, votes: 1 });
  }

  #forget(key: string): void {
    const alias = this.#aliases.get(key);
    if (alias === undefined) return;
    this.#aliases.delete(key);
    const cached = keyOf(alias.cached);
    const left = this.of(alias.cached).filter((name) => !isSame(name, alias.mapped));
    if (left.length === 0) this.#mapped.delete(cached);
    else this.#mapped.set(cached, left);
  }
}

function keyOf({ device, inode }: FileKey): string {
  return `${device} ${inode}`;
}

function isSame(a: FileKey, b: FileKey): boolean {
  return a.device === b.device && a.inode === b.inode;
}
