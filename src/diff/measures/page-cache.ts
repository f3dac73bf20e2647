import type { PageCacheView } from '../../model/page-cache-view.js';
import type { RatioMeasure } from '../measure.js';

/** Whether pages that were in memory go and come back. */
export const PAGE_CACHE_MEASURES: readonly RatioMeasure[] = [
  pages('refaults', 'refaults', ({ causes }) =>
    causes.reduce((sum, { cause, majorFaults }) => sum + (cause === 'refault' ? majorFaults : 0), 0),
  ),
  pages('evictedPages', 'evicted pages', ({ evictedPages }) => evictedPages),
];

function pages(id: string, name: string, count: (view: PageCacheView) => number): RatioMeasure {
  return {
    kind: 'ratio',
    id,
    name,
    unit: 'per-second',
    better: 'lower',
    needs: '--pagecache',
    sums: ({ pageCache }) =>
      pageCache === null || pageCache.ranNs === 0 ? null : { amount: count(pageCache) * 1e9, per: pageCache.ranNs },
  };
}
