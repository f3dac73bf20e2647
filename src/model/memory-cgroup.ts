import type { MemoryCgroupRecord } from '../record/memory-cgroup.js';
import type { MemoryCgroupView } from './memory-cgroup-view.js';

/** Keeps account of the memory cgroup that bounds the target; moved to another one, it begins anew. */
export class MemoryCgroup {
  #first: MemoryCgroupRecord | null = null;
  #latest: MemoryCgroupRecord | null = null;
  #readings = 0;
  #fullness = 0;

  apply(record: MemoryCgroupRecord): void {
    if (this.#latest?.path !== record.path) {
      this.#first = record;
      this.#readings = 0;
      this.#fullness = 0;
    }
    this.#latest = record;
    this.#readings += 1;
    this.#fullness += record.limitBytes > 0 ? record.usageBytes / record.limitBytes : 1;
  }

  /** Null before the first reading, and where nothing bounds the target. */
  view(): MemoryCgroupView | null {
    const [first, latest] = [this.#first, this.#latest];
    if (first === null || latest === null) return null;
    const { path, limitBytes, usageBytes, fileBytes, anonBytes, workingsetRefaultFile } = latest;
    const known = workingsetRefaultFile !== null && first.workingsetRefaultFile !== null;
    return {
      path,
      limitBytes,
      usageBytes,
      fileBytes,
      anonBytes,
      meanFullness: this.#fullness / this.#readings,
      refaultedPages: known ? Math.max(0, Number(workingsetRefaultFile - first.workingsetRefaultFile)) : null,
      watchedNs: Number(latest.atNs - first.atNs),
    };
  }
}
