import type { ActorView, PageCacheView } from '../model/page-cache-view.js';
import type { Snapshot } from '../model/snapshot.js';
import { formatCount, formatDuration, formatPercent } from '../text/units.js';
import type { EvictorGroup } from './evictor-groups.js';
import { counted } from './words.js';

/** Of fewer faults whose cause was seen a share is off by more than ten points. */
const LEAST_SEEN = 100;
/** With fewer a second than half the session's it saw a quiet time, or not all: it does not speak for the session. */
const LEAST_OF_RATE = 0.5;

/** What the set `pagecache` says of the causes, where it has seen enough to speak for the session; else null. */
export function knownCauses({ pageCache, totals, window }: Snapshot): PageCacheView | null {
  if (pageCache === null || pageCache.sampledFaults < LEAST_SEEN) return null;
  const { majorFaults, ranNs } = pageCache;
  return majorFaults * window.durationNs >= LEAST_OF_RATE * totals.majorFaults * ranNs ? pageCache : null;
}

/** "grep (pid 4711, cgroup /batch)". */
export function whoIs({ pid, comm, cgroup, isTarget }: ActorView, processes = 1): string {
  if (isTarget) return 'the program itself';
  const where = cgroup === null ? '' : `, cgroup ${cgroup}`;
  if (processes > 1) return `${comm ?? 'processes'} (${processes} processes${where})`;
  return pid === 0 ? 'many processes' : `${comm ?? 'a process that is gone'} (pid ${pid}${where})`;
}

/** Pages evicted, how many came back and after what time, and what is exact in it. */
export function evictionEvidence(group: EvictorGroup, view: PageCacheView): string[] {
  const { pages, refaults, meanAgeNs, maxAgeNs } = group;
  return [
    `${counted(pages, 'page', formatCount(pages))} of its files evicted so (exact); ${counted(refaults, 'major fault', formatCount(refaults))} brought some of them back, ${formatDuration(meanAgeNs)} after they went on average, ${formatDuration(maxAgeNs)} at most.`,
    ...samplingEvidence(view),
  ];
}

export function samplingEvidence({ sampling, majorFaults, sampledFaults, ranNs }: PageCacheView): string[] {
  const watched = `The page cache was watched for ${formatDuration(ranNs)}`;
  if (majorFaults === sampledFaults) return [`${watched}; the cause of every major fault in it was looked for.`];
  return [
    `${watched}; one page in ${sampling.oneIn} is in the sample: the causes of ${formatPercent(sampledFaults / majorFaults)} of the major faults were seen, the others are scaled from them, file by file.`,
  ];
}

/** The file that most of these refaults are of; null where none has half of them, or files are not told. */
export function refaultedBy({ files }: Snapshot, group: EvictorGroup): string | null {
  const counts = (files?.files ?? []).map(({ path, causes }) => ({ path, count: refaultsOf(causes ?? [], group) }));
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  const [top] = counts.sort((a, b) => b.count - a.count);
  return top === undefined || all === 0 || top.count < all / 2 ? null : top.path;
}

type Causes = NonNullable<NonNullable<Snapshot['files']>['files'][number]['causes']>;

function refaultsOf(causes: Causes, group: EvictorGroup): number {
  const refault = causes.find(({ cause }) => cause === 'refault');
  if (refault === undefined) return 0;
  const named = refault.evictors.reduce((sum, { majorFaults }) => sum + majorFaults, 0);
  // What kswapd evicted is laid to no one there.
  if (group.way === 'kswapd') return refault.majorFaults - named;
  return refault.evictors
    .filter(({ actor, way }) => way === group.way && sameKind(actor, group.actor))
    .reduce((sum, { majorFaults }) => sum + majorFaults, 0);
}

function sameKind(a: ActorView, b: ActorView): boolean {
  if (a.pid === b.pid) return true;
  return !a.isTarget && !b.isTarget && a.comm !== null && a.comm === b.comm && a.cgroup === b.cgroup;
}
