/** The memory cgroup that bounds the target, as last read. */
export interface MemoryCgroupView {
  /** From the root of the hierarchy: an outside string. */
  readonly path: string;
  readonly limitBytes: number;
  readonly usageBytes: number;
  /** Null where they could not be read. */
  readonly fileBytes: number | null;
  readonly anonBytes: number | null;
  /** Its usage as a share of its limit, averaged over the readings. */
  readonly meanFullness: number;
  /** Pages of files that were read again after it had evicted them, while we watched; null where the kernel does not tell. */
  readonly refaultedPages: number | null;
  /** Time between the first and the last reading. */
  readonly watchedNs: number;
}
