import type { HistoryPoint, MappingView, Snapshot } from '../model/snapshot.js';

/** In less time a rate has no course. */
const LEAST_COURSE_NS = 10e9;
const LEAST_POINTS = 8;
/** Fewer faults have no course either. */
const LEAST_FAULTS = 100;
/** The smallest page there is: with larger ones a mapping has fewer, and the statement holds all the more. */
const PAGE_BYTES = 4096;
/** A fault that waits for another thread's read of the page counts as well: so many times the pages can be first touches. */
const REFAULTS_FOR_SURE = 1.25;

export interface FaultTrend {
  /** Rate over the first, the third and the last quarter of the session. */
  readonly firstHz: number;
  readonly thirdHz: number;
  readonly lastHz: number;
  /** Lowest and highest rate of the four quarters. */
  readonly lowestHz: number;
  readonly highestHz: number;
}

/** How the rate of major faults went; null where there is too little of it. */
export function faultTrend({ history }: Snapshot): FaultTrend | null {
  const spanNs = history.reduce((sum, { durationNs }) => sum + durationNs, 0);
  const faults = history.reduce((sum, { majorFaults }) => sum + majorFaults, 0);
  if (spanNs < LEAST_COURSE_NS || history.length < LEAST_POINTS || faults < LEAST_FAULTS) return null;
  const quarters = [0, 1, 2, 3].map((quarter) => rateHz(history, (quarter * spanNs) / 4, ((quarter + 1) * spanNs) / 4));
  return {
    firstHz: quarters[0] ?? 0,
    thirdHz: quarters[2] ?? 0,
    lastHz: quarters[3] ?? 0,
    lowestHz: Math.min(...quarters),
    highestHz: Math.max(...quarters),
  };
}

function rateHz(history: readonly HistoryPoint[], fromNs: number, toNs: number): number {
  let atNs = 0;
  let faults = 0;
  for (const { durationNs, majorFaults } of history) {
    const overlapNs = Math.min(toNs, atNs + durationNs) - Math.max(fromNs, atNs);
    if (overlapNs > 0) faults += (majorFaults * overlapNs) / durationNs;
    atNs += durationNs;
  }
  return faults / ((toNs - fromNs) / 1e9);
}

/** The file with more faults than its mapping has pages, so that some must have come again; null without one. */
export function refaultedFile({ mappings }: Snapshot): (MappingView & { pages: number }) | null {
  const files = mappings
    .filter(({ of, sizeBytes, majorFaults }) => of === 'file' && sizeBytes > 0 && majorFaults >= LEAST_FAULTS)
    .map((mapping) => ({ ...mapping, pages: Math.ceil(mapping.sizeBytes / PAGE_BYTES) }))
    .filter(({ majorFaults, pages }) => majorFaults > REFAULTS_FOR_SURE * pages)
    .sort((a, b) => b.majorFaults / b.pages - a.majorFaults / a.pages);
  return files[0] ?? null;
}
