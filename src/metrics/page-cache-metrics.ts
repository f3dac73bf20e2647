import type { EvictorView, PageCacheView } from '../model/page-cache-view.js';
import type { Snapshot } from '../model/snapshot.js';
import { counter, type Family, type Labels } from './family.js';

/** Evictors told apart, those with most refaults. */
const TOP_EVICTORS = 20;
const OTHERS: Labels = { evictor: '[others]', cgroup: '', way: 'other' };

/** Who evicted the target's pages, and why pages were not there; none unless the set `pagecache` has run. */
export function pageCacheMetrics({ pageCache }: Snapshot, labels: Labels): Family[] {
  if (pageCache === null) return [];
  const open = { others: { ...labels, ...OTHERS } };
  return [
    counter(
      {
        name: 'faultscope_evicted_pages',
        help: "Pages of the target's files that were evicted, by whom and how.",
        open,
      },
      byEvictor(pageCache, labels, ({ pages }) => pages, pageCache.evictedPages),
    ),
    counter(
      {
        name: 'faultscope_refaults',
        help: 'Major faults on pages that had been evicted, by who had evicted them.',
        open,
      },
      byEvictor(pageCache, labels, ({ refaults }) => refaults, refaultsOf(pageCache)),
    ),
    counter(
      { name: 'faultscope_caused_major_faults', help: 'Major faults by why their page was not there.' },
      pageCache.causes.map(({ cause, majorFaults }) => [{ ...labels, cause }, majorFaults]),
    ),
  ];
}

function refaultsOf({ causes }: PageCacheView): number {
  return causes.reduce((sum, { cause, majorFaults }) => sum + (cause === 'refault' ? majorFaults : 0), 0);
}

/** Without the pid: a job that starts a process a second would have a series a second. */
function byEvictor(
  { evictors }: PageCacheView,
  labels: Labels,
  of: (evictor: EvictorView) => number,
  total: number,
): [Labels, number][] {
  const rows = evictors.slice(0, TOP_EVICTORS).map((evictor): [Labels, number] => {
    const { actor, way } = evictor;
    return [{ ...labels, evictor: actor.comm ?? '[unknown]', cgroup: actor.cgroup ?? '', way }, of(evictor)];
  });
  const rest = rows.reduce((left, [, value]) => left - value, total);
  if (rest > 0) rows.push([{ ...labels, ...OTHERS }, rest]);
  return rows;
}
