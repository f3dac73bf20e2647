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

/** Shares of what was brought into the target's memory cgroup, or into memory where it has none: most first. */
export function fillersBeside(target: ActorView, { fillers }: PageCacheView): { actor: ActorView; share: number }[] {
  const bounded = target.cgroup !== null && target.cgroup !== '/';
  const beside = fillers.filter(({ actor }) => !bounded || actor.isTarget || actor.cgroup === target.cgroup);
  const bytesOf = ({ pageCacheBytes, anonymousBytes }: FillerView): number => pageCacheBytes + anonymousBytes;
  const all = beside.reduce((sum, filler) => sum + bytesOf(filler), 0);
  return beside
    .map((filler) => ({ actor: filler.actor, share: all === 0 ? 0 : bytesOf(filler) / all }))
    .sort((a, b) => b.share - a.share);
}

/** What it needs room for is its own: half of what fills that memory at least. */
export function fillsItself(target: ActorView, view: PageCacheView): boolean {
  const own = fillersBeside(target, view).find(({ actor }) => actor.isTarget);
  return own !== undefined && own.share >= 0.5;
}
