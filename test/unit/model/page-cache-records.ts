import { PageCache } from '../../../src/model/page-cache.js';
import type {
  ActorRef,
  EvictionsRecord,
  EvictionWay,
  FaultCauseRecord,
  FillRecord,
} from '../../../src/record/page-cache.js';
import type { ProbeRecord } from '../../../src/record/record.js';

export const MS = 1e6;
export const SECOND = 1e9;
export const TARGET: ActorRef = { pid: 100, generation: 1 };
export const GREP: ActorRef = { pid: 4711, generation: 7 };
export const KSWAPD: ActorRef = { pid: 50, generation: 2 };
export const FILE = { device: 0x800001, inode: 12n };

export function probe(state: ProbeRecord['state'], seconds: number): ProbeRecord {
  return { kind: 'probe', atNs: at(seconds), set: 'pagecache', state, variant: null, detail: null };
}

export function at(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1000)) * 1_000_000n;
}

/** A model whose set runs from second 1 on. */
export function watching(launched = false, before: ProbeRecord['state'] = 'stopped'): PageCache {
  const cache = new PageCache({ pid: TARGET.pid, comm: 'target', exe: null, launched });
  cache.applyState(probe(before, 0));
  cache.applyState(probe('running', 1));
  return cache;
}

export function evictions(actor: ActorRef, pages: number, way: EvictionWay = 'reclaim'): EvictionsRecord {
  return { kind: 'evictions', ...FILE, actor, way, pages };
}

export function fill(actor: ActorRef, seconds: number, bytes: number): FillRecord {
  return { kind: 'fill', actor, source: 'page-cache', atNs: at(seconds), bytes };
}

/** Faults of 1 ms each. */
export function faults(
  cause: FaultCauseRecord['cause'],
  count: number,
  more: Partial<FaultCauseRecord> = {},
): FaultCauseRecord {
  const sums = { count, totalNs: count * MS, ageTotalNs: 0, ageMaxNs: 0 };
  return { kind: 'fault-cause', ...FILE, cause, eviction: null, ...sums, ...more };
}

/** Refaults of pages that were gone for a second each; kswapd's carry the second in which they went. */
export function refaults(
  actor: ActorRef,
  count: number,
  way: EvictionWay = 'reclaim',
  second?: number,
): FaultCauseRecord {
  const eviction = { actor, way, atNs: second === undefined ? null : at(second) };
  return faults('refault', count, { eviction, ageTotalNs: count * SECOND, ageMaxNs: 2 * SECOND });
}
