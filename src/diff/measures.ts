import type { Measure } from './measure.js';
import { LATENCY_MEASURES } from './measures/latency.js';
import { LOAD_MEASURES } from './measures/load.js';
import { PAGE_CACHE_MEASURES } from './measures/page-cache.js';
import { STALL_MEASURES } from './measures/stall.js';
import { STORAGE_MEASURES } from './measures/storage.js';
import { SYMPTOM_MEASURES } from './measures/symptoms.js';
import { THREAD_TIME_MEASURES } from './measures/thread-time.js';

/** All that two sessions are compared by, what matters most first. docs/diff.md lists them. */
export const MEASURES: readonly Measure[] = [
  ...STALL_MEASURES,
  ...LATENCY_MEASURES,
  ...LOAD_MEASURES,
  ...PAGE_CACHE_MEASURES,
  ...STORAGE_MEASURES,
  ...THREAD_TIME_MEASURES,
  ...SYMPTOM_MEASURES,
];
