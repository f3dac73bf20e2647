/**
 * One reading of the memory cgroup that bounds the target: its own, or the nearest above it that has a limit. There is
 * none where nothing bounds it.
 */
export interface MemoryCgroupRecord {
  readonly kind: 'memory-cgroup';
  readonly atNs: bigint;
  /** From the root of the hierarchy: an outside string. */
  readonly path: string;
  /** The smaller of memory.max and memory.high, or v1's memory.limit_in_bytes. */
  readonly limitBytes: number;
  /** memory.current or memory.usage_in_bytes, its descendants included. */
  readonly usageBytes: number;
  /** Page cache and anonymous memory in it (memory.stat); null where it could not be read. */
  readonly fileBytes: number | null;
  readonly anonBytes: number | null;
  /**
   * Pages of files that were read again after the cgroup had evicted them (memory.stat workingset_refault_file, mm/workingset.c;
   * Linux 5.9 and later), since it was made; null where the kernel does not tell.
   */
  readonly workingsetRefaultFile: bigint | null;
}
