import type { CauseShare } from '../model/files-view.js';

/** What each cause of faults means, in a few words. */
export const FAULT_CAUSE_MEANINGS: { readonly [cause in CauseShare['cause']]: string } = {
  'first-touch': 'not seen in memory since we watch',
  refault: 'was in memory, was evicted',
  'under-way': "waited for another thread's read",
  'own-readahead': 'waited for its own readahead',
  'swap-in': 'read back from swap',
  unknown: 'its cause was not seen',
};
