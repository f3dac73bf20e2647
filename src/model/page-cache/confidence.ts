import type { FaultCause } from '../../record/page-cache.js';
import type { CauseShare } from '../files-view.js';

type Confidence = CauseShare['confidence'];

/** What the certainty of a cause rests on. */
export interface Watched {
  readonly ns: number;
  /** A launched target, watched from its first instruction on. */
  readonly fromTheBegin: boolean;
  /** Pages of the file that were evicted meanwhile. */
  readonly evictedPages: number;
  /** Mean age of the file's refaults; null without any. */
  readonly meanAgeNs: number | null;
  /** Evictions forgotten, as a share of first touches: each of them would look like one. */
  readonly forgottenShare: number;
}

/** Watched for so many times the age at which pages come back, most that were evicted before have been seen. */
const AGES_WATCHED = 10;
/** Without a single eviction in this time there is little to come back. */
const LONG_NS = 60e9;
const FEW_FORGOTTEN = 0.05;

/**
 * How sure a cause is. A refault, a swap-in and a wait for a read that was under way were seen as such. A first touch only means
 * that we saw no eviction: a page evicted before we watched, or forgotten, looks the same.
 */
export function confidenceOf(cause: FaultCause, watched: Watched): Confidence {
  if (cause === 'unknown') return 'low';
  return cause === 'first-touch' ? ofFirstTouch(watched) : 'high';
}

function ofFirstTouch({ ns, fromTheBegin, evictedPages, meanAgeNs, forgottenShare }: Watched): Confidence {
  if (forgottenShare > FEW_FORGOTTEN) return 'low';
  if (fromTheBegin) return 'high';
  if (meanAgeNs !== null) return ns >= AGES_WATCHED * meanAgeNs ? 'medium' : 'low';
  return evictedPages === 0 && ns >= LONG_NS ? 'medium' : 'low';
}

const ORDER: readonly Confidence[] = ['low', 'medium', 'high'];

/** The less sure of two. */
export function lower(a: Confidence, b: Confidence): Confidence {
  return ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b;
}
