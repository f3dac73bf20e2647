import type { Snapshot, ThreadView } from '../../../src/model/snapshot.js';

/** Everything in a snapshot that is a count or a sum since the session began, by a name of its own. */
export type Figures = ReadonlyMap<string, number>;

export function figuresOf(snapshot: Snapshot): Figures {
  const figures = new Map<string, number>();
  const add = (name: string, value: number | null | undefined): void => {
    if (value != null && value !== 0) figures.set(name, (figures.get(name) ?? 0) + value);
  };
  const { totals, stalls, quality, pageCache, storage, stacks, wakers } = snapshot;
  add('major faults', totals.majorFaults);
  add('major faults that never slept', totals.majorFaultsNoSleep);
  add('fault latencies', totals.faultLatency.count);
  add('exact fault latencies', totals.exactFaultLatency?.count);
  for (const [part, ns] of Object.entries(totals.time)) add(`time ${part}`, ns);
  for (const thread of snapshot.threads) addThread(add, thread);
  for (const [level, ns] of stalls?.levelNs.entries() ?? []) add(`level ${level}`, ns);
  add('full ns', stalls?.fullNs);
  add('full stalls', stalls?.fullStalls);
  add('samples', stalls?.samples.count);
  add('late samples', stalls?.samples.late);
  for (const one of snapshot.goroutines?.functions ?? []) {
    add(`goroutine ${one.startPc} faults`, one.majorFaults);
    add(`goroutine ${one.startPc} ns`, one.faultWaitNs);
    add(`goroutine ${one.startPc} holding`, one.holdingFaults);
    add(`goroutine ${one.startPc} holding ns`, one.holdingWaitNs);
  }
  add('requests', snapshot.requests?.count);
  for (const cell of snapshot.requests?.histogram ?? []) add(`requests of ${cell.fromNs}`, cell.count);
  for (const file of snapshot.files?.files ?? []) {
    if (!file.exact) continue;
    add(`file ${file.id} faults`, file.majorFaults);
    add(`file ${file.id} ns`, file.faultWaitNs);
  }
  add('evicted pages', pageCache?.evictedPages);
  for (const { actor, way, pages } of pageCache?.evictors ?? []) add(`evicted ${actor.pid} ${way}`, pages);
  add('filled bytes', pageCache?.filledBytes);
  for (const { actor, pageCacheBytes, anonymousBytes } of pageCache?.fillers ?? []) {
    add(`filled ${actor.pid} page cache`, pageCacheBytes);
    add(`filled ${actor.pid} anonymous`, anonymousBytes);
  }
  add('caused faults', pageCache?.majorFaults);
  add('caused ns', pageCache?.faultWaitNs);
  add('sampled faults', pageCache?.sampledFaults);
  for (const { device, flows } of storage?.devices ?? []) {
    for (const { origin, write, count, bytes, queue, service, whole } of flows) {
      const name = `io ${device} ${origin} ${write}`;
      add(`${name} count`, count);
      add(`${name} bytes`, bytes);
      for (const [stage, view] of Object.entries({ queue, service, whole })) add(`${name} ${stage}`, view?.totalNs);
    }
  }
  add('stacks of faults', stacks?.faults.count);
  add('stacks of faults ns', stacks?.faults.totalNs);
  for (const { tid, frames, count, totalNs } of stacks?.faults.stacks ?? []) {
    const name = frames.map((place) => stacks?.frames[place]?.label).join(';');
    add(`stack ${tid} ${name} count`, count);
    add(`stack ${tid} ${name} ns`, totalNs);
  }
  add('waits ended', wakers?.waits);
  add('waits ended unseen', wakers?.unseenWaits);
  for (const { tid, cause, syscall, waker, wakerId, count, totalNs } of wakers?.wakes ?? []) {
    const name = `wake ${tid} ${cause} ${syscall} ${waker} ${wakerId}`;
    add(`${name} count`, count);
    add(`${name} ns`, totalNs);
  }
  for (const { waiter, holder, faulter, count, overlapNs } of wakers?.chains ?? []) {
    add(`chain ${waiter.tid} ${holder.tid} ${faulter.tid} count`, count);
    add(`chain ${waiter.tid} ${holder.tid} ${faulter.tid} ns`, overlapNs);
  }
  add('lost events', quality.lostEvents);
  add('dropped records', quality.droppedRecords);
  return figures;
}

function addThread(add: (name: string, value: number | null) => void, thread: ThreadView): void {
  const name = `thread ${thread.id}`;
  add(`${name} major faults`, thread.majorFaults);
  add(`${name} kernel major faults`, thread.kernelMajorFaults);
  add(`${name} user faults`, thread.userFaults);
  add(`${name} life`, thread.lifetimeNs);
  for (const [part, ns] of Object.entries(thread.time)) add(`${name} time ${part}`, ns);
  for (const { cause, syscall, count, totalNs } of thread.waits) {
    add(`${name} ${cause} ${syscall} count`, count);
    add(`${name} ${cause} ${syscall} ns`, totalNs);
  }
}

/** What has come to each figure from one snapshot to a later one. */
export function between(first: Figures, last: Figures): Figures {
  const names = new Set([...first.keys(), ...last.keys()]);
  const grown = Array.from(names, (name): [string, number] => [name, (last.get(name) ?? 0) - (first.get(name) ?? 0)]);
  return new Map(grown.filter(([, value]) => value !== 0));
}
