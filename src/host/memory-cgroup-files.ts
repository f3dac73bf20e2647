/** What a version of memory cgroups calls things. */
export interface CgroupFiles {
  /** The smallest counts. */
  readonly limits: readonly string[];
  /** From here on a limit is none. */
  readonly unlimitedFrom: number;
  readonly usage: string;
  /** Names in memory.stat, descendants included. */
  readonly file: string;
  readonly anon: string;
  readonly refault: string;
}

export const V1_FILES: CgroupFiles = {
  limits: ['memory.limit_in_bytes'],
  /** PAGE_COUNTER_MAX (include/linux/page_counter.h): LONG_MAX in whole pages, which no machine has. */
  unlimitedFrom: 2 ** 62,
  usage: 'memory.usage_in_bytes',
  file: 'total_cache',
  anon: 'total_rss',
  refault: 'total_workingset_refault_file',
};

export const V2_FILES: CgroupFiles = {
  limits: ['memory.max', 'memory.high'],
  unlimitedFrom: 2 ** 62,
  usage: 'memory.current',
  file: 'file',
  anon: 'anon',
  refault: 'workingset_refault_file',
};
