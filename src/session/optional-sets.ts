import type { FaultscopeRecord, OptionalSetName } from '../record/record.js';
import type { OptionalSet } from './optional-set.js';
import { pagecacheSet } from './pagecache-set.js';
import { requestsSet } from './requests-set.js';
import type { SessionOptions } from './session.js';

/** The sets that run only when asked for, not yet started. */
export function optionalSets(
  options: SessionOptions,
  emit: (record: FaultscopeRecord) => void,
): ReadonlyMap<OptionalSetName, OptionalSet> {
  return new Map<OptionalSetName, OptionalSet>([
    ['requests', requestsSet(options, emit)],
    ['pagecache', pagecacheSet(options, emit)],
  ]);
}
