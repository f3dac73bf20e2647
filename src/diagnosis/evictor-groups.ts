import type { ActorView, EvictorView, PageCacheView } from '../model/page-cache-view.js';

/** Processes of one name and cgroup that evicted in the same way: a job that starts many counts as one. */
export interface EvictorGroup {
  readonly actor: ActorView;
  readonly way: EvictorView['way'];
  readonly processes: number;
  readonly pages: number;
  readonly refaults: number;
  readonly refaultWaitNs: number;
  readonly meanAgeNs: number | null;
  readonly maxAgeNs: number | null;
  /** Of the time in major faults; of their number where none of them took time. */
  readonly share: number;
}

/** Most refault time first. */
export function evictorGroups(view: PageCacheView): EvictorGroup[] {
  const groups = new Map<string, EvictorGroup>();
  for (const evictor of view.evictors) {
    const { actor, way } = evictor;
    // Without a name nothing says that two are of one kind.
    const who = actor.isTarget || actor.comm === null ? actor.pid : `${actor.comm}\0${actor.cgroup ?? ''}`;
    const key = `${way}\0${who}`;
    groups.set(key, joined(groups.get(key), evictor, view));
  }
  return [...groups.values()].sort((a, b) => b.share - a.share || b.pages - a.pages);
}

function joined(group: EvictorGroup | undefined, evictor: EvictorView, view: PageCacheView): EvictorGroup {
  const refaults = (group?.refaults ?? 0) + evictor.refaults;
  const refaultWaitNs = (group?.refaultWaitNs ?? 0) + evictor.refaultWaitNs;
  const ageNs = (group?.meanAgeNs ?? 0) * (group?.refaults ?? 0) + (evictor.meanAgeNs ?? 0) * evictor.refaults;
  return {
    actor: group?.actor ?? evictor.actor,
    way: evictor.way,
    processes: (group?.processes ?? 0) + 1,
    pages: (group?.pages ?? 0) + evictor.pages,
    refaults,
    refaultWaitNs,
    meanAgeNs: refaults === 0 ? null : ageNs / refaults,
    maxAgeNs: refaults === 0 ? null : Math.max(group?.maxAgeNs ?? 0, evictor.maxAgeNs ?? 0),
    share: shareOfFaults(refaults, refaultWaitNs, view),
  };
}

function shareOfFaults(faults: number, waitNs: number, view: PageCacheView): number {
  if (view.faultWaitNs > 0) return waitNs / view.faultWaitNs;
  return view.majorFaults > 0 ? faults / view.majorFaults : 0;
}

/** Share of the time in major faults that refaults take, whoever evicted. */
export function refaultShare(view: PageCacheView): number {
  const refault = view.causes.find(({ cause }) => cause === 'refault');
  return refault === undefined ? 0 : shareOfFaults(refault.majorFaults, refault.faultWaitNs, view);
}

/** Share of the time in major faults that first touches take. */
export function firstTouchShare(view: PageCacheView): number {
  const first = view.causes.find(({ cause }) => cause === 'first-touch');
  return first === undefined ? 0 : shareOfFaults(first.majorFaults, first.faultWaitNs, view);
}
