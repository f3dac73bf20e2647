import type { ActorView, FillerView, PageCacheView } from '../model/page-cache-view.js';
import type { Snapshot } from '../model/snapshot.js';
import { type EvictorGroup, evictorGroups } from './evictor-groups.js';
import { knownCauses } from './page-cache-evidence.js';
import { faultsMatter } from './weight-of-faults.js';

/** A fifth of the fault time: stopping that evictor is felt. */
const LEAST_SHARE = 0.2;
/** Fewer refaults are what any reclaim costs now and then. */
const LEAST_REFAULTS = 100;

/** Who stands behind most refaults, if they matter and enough of them were seen. */
export function blamedEvictor(snapshot: Snapshot): { group: EvictorGroup; view: PageCacheView } | null {
  const view = knownCauses(snapshot);
  if (view === null || !faultsMatter(snapshot)) return null;
  const [group] = evictorGroups(view);
  if (group === undefined || group.share < LEAST_SHARE || group.refaults < LEAST_REFAULTS) return null;
  return { group, view };
}

/** The target makes room itself, be it for what it reads or because others have filled memory. */
export function evictsItself({ actor, way }: EvictorGroup): boolean {
  return actor.isTarget && way === 'reclaim';
}

/** Shares of what was brought into the memory that the target has to share: most first. */
export function fillersBeside(
  { memoryCgroup }: Pick<Snapshot, 'memoryCgroup'>,
  { fillers }: PageCacheView,
): { actor: ActorView; share: number }[] {
  const beside = fillers.filter(({ actor }) => actor.isTarget || isWithin(actor.cgroup, memoryCgroup?.path ?? '/'));
  const bytesOf = ({ pageCacheBytes, anonymousBytes }: FillerView): number => pageCacheBytes + anonymousBytes;
  const all = beside.reduce((sum, filler) => sum + bytesOf(filler), 0);
  return beside
    .map((filler) => ({ actor: filler.actor, share: all === 0 ? 0 : bytesOf(filler) / all }))
    .sort((a, b) => b.share - a.share);
}

/** Cgroups below the one with the limit share its memory; without one all share the host's. */
function isWithin(cgroup: string | null, bounding: string): boolean {
  return bounding === '/' || cgroup === bounding || (cgroup?.startsWith(`${bounding}/`) ?? false);
}

/** What it needs room for is its own: half of what fills that memory at least. */
export function fillsItself(snapshot: Pick<Snapshot, 'memoryCgroup'>, view: PageCacheView): boolean {
  const own = fillersBeside(snapshot, view).find(({ actor }) => actor.isTarget);
  return own !== undefined && own.share >= 0.5;
}
