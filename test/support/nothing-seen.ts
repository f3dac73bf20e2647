import { TIME_PARTS } from '../../src/model/cause.js';
import type { Distribution, Snapshot, TimeSplit } from '../../src/model/snapshot.js';

export const NO_TIME = Object.fromEntries(TIME_PARTS.map((part) => [part, 0])) as TimeSplit;

export const NOTHING_MEASURED: Distribution = { count: 0, p50Ns: null, p90Ns: null, p99Ns: null, maxNs: null };

/** What a snapshot has to say of a target of which nothing was seen yet. */
export const NOTHING_SEEN: Pick<
  Snapshot,
  | 'runtime'
  | 'totals'
  | 'threads'
  | 'history'
  | 'longestFaults'
  | 'stalls'
  | 'goroutines'
  | 'mappings'
  | 'symptoms'
  | 'requests'
  | 'files'
  | 'pageCache'
  | 'cost'
  | 'memoryCgroup'
  | 'storage'
  | 'stacks'
  | 'wakers'
  | 'quality'
> = {
  totals: {
    majorFaults: 0,
    majorFaultsNoSleep: 0,
    faultWaitNs: 0,
    majorFaultRateHz: 0,
    minorFaultRateHz: null,
    faultLatency: NOTHING_MEASURED,
    faultHistogram: [],
    faultLatencyNs: 0,
    exactFaultLatency: null,
    time: NO_TIME,
    idleNs: 0,
    threadsAlive: 0,
    threadsEnded: 0,
  },
  threads: [],
  history: [],
  longestFaults: [],
  runtime: null,
  stalls: null,
  goroutines: null,
  mappings: [],
  symptoms: null,
  requests: null,
  files: null,
  pageCache: null,
  memoryCgroup: null,
  storage: null,
  stacks: null,
  wakers: null,
  cost: null,
  quality: {
    coverage: { traced: 0, kernel: null, fraction: null },
    lostEvents: 0,
    droppedRecords: 0,
    sampling: { oneIn: 1 },
    worstResidueFraction: null,
    notes: [],
  },
};
