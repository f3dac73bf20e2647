import type { FileKey } from '../record/files.js';
import { EVICTION_WAYS, type EvictionsRecord } from '../record/page-cache.js';

/** Evicted pages by who, way and file: what the rows of all CPUs say of them (`@ev` of bpf/pagecache.bt). */
export class EvictionCells {
  /** By the row's key without the CPU. */
  readonly #pages = new Map<bigint, number>();
  readonly #changed = new Set<bigint>();

  /** False where the script cannot have printed such a row. */
  changed(key: string, value: string, before: string | undefined): boolean {
    if (!/^\d{1,20}$/.test(value)) return false;
    const cell = BigInt.asUintN(64, BigInt(key)) >> 9n;
    this.#pages.set(cell, (this.#pages.get(cell) ?? 0) + Math.max(0, Number(value) - Number(before ?? 0)));
    this.#changed.add(cell);
    return true;
  }

  /** Those that have changed; of files that are not known yet, next time. */
  take(fileOf: (slot: number) => FileKey | undefined): EvictionsRecord[] {
    return [...this.#changed].flatMap((cell) => {
      const file = fileOf(Number(cell & 0xffffn));
      const way = EVICTION_WAYS[Number((cell >> 16n) & 7n)];
      if (file === undefined || way === undefined) return [];
      this.#changed.delete(cell);
      const actor = { pid: Number(cell >> 33n), generation: Number((cell >> 19n) & 0x3fffn) };
      return [{ kind: 'evictions', ...file, actor, way, pages: this.#pages.get(cell) ?? 0 }];
    });
  }
}
