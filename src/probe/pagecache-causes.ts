import type { FileKey } from '../record/files.js';
import { EVICTION_WAYS, type EvictionRef, FAULT_CAUSES, type FaultCauseRecord } from '../record/page-cache.js';
import { tupleFields } from './map-line.js';

/** The `what` of bpf/pagecache.bt. */
export interface What {
  readonly slot: number;
  /** 256: none. */
  readonly tick: number;
  readonly way: number;
  readonly cause: number;
}

export function unpackWhat(what: bigint): What {
  return {
    slot: Number((what >> 24n) & 0xffffn),
    tick: Number((what >> 12n) & 0x1ffn),
    way: Number((what >> 8n) & 0xfn),
    cause: Number(what & 0xffn),
  };
}

/** Undefined where the script has no such cause. */
export function causeOf(number: number): FaultCauseRecord['cause'] | undefined {
  return CAUSES[number];
}

const CAUSES: readonly FaultCauseRecord['cause'][] = [...FAULT_CAUSES, 'not-sampled'];

/** The units of a tick, as a power of two of nanoseconds, and how many have names of their own. */
const TICK_BITS = 30n;
const TICKS = 256n;
const NO_TICK = 256;

/** Who evicted it; `nowNs`: when the fault was counted, less than 256 ticks after the eviction where there is a tick. */
export function evictionOf({ way, tick }: What, who: bigint, nowNs: bigint): EvictionRef | null {
  const name = EVICTION_WAYS[way];
  if (name === undefined) return null;
  const actor = { pid: Number(who >> 14n), generation: Number(who & 0x3fffn) };
  return { actor, way: name, atNs: tick === NO_TICK ? null : tickNs(tick, nowNs) };
}

/** The middle of the latest tick of that number. */
function tickNs(tick: number, nowNs: bigint): bigint {
  const now = nowNs >> TICK_BITS;
  const then = now - ((((now - BigInt(tick)) % TICKS) + TICKS) % TICKS);
  return then < 0n ? 0n : (then << TICK_BITS) + (1n << (TICK_BITS - 1n));
}

type Sums = Pick<FaultCauseRecord, 'count' | 'totalNs' | 'ageTotalNs' | 'ageMaxNs'>;

interface Cell extends Sums {
  readonly slot: number;
  readonly cause: FaultCauseRecord['cause'];
  readonly eviction: EvictionRef | null;
}

/**
 * Major faults by file, cause and evictor: what the rows of all CPUs say of them (`@c` of bpf/pagecache.bt). A row of a tick
 * comes to stand for another second 256 ticks later: it is the increases that are summed.
 */
export class CauseCells {
  readonly #cells = new Map<string, Cell>();
  readonly #changed = new Set<string>();
  #isEnding = false;
  #pruneFrom = PRUNE_FROM;

  /** What comes now was counted while some of the script was detached already. */
  ends(): void {
    this.#isEnding = true;
  }

  /** False where the script cannot have printed such a row. */
  changed(_key: string, value: string, before: string | undefined, nowNs: bigint): boolean {
    const fields = tupleFields(value, 6);
    if (fields === undefined) return false;
    const [packed = 0n, who = 0n, ...sums] = fields;
    const what = unpackWhat(packed);
    const told = causeOf(what.cause);
    if (told === undefined) return false;
    const cause = this.#isEnding && UNSEEN.has(told) ? 'unknown' : told;
    const eviction = cause === 'refault' ? evictionOf(what, who, nowNs) : null;
    if (cause === 'refault' && eviction === null) return false;
    const name = [what.slot, cause, what.way, who, eviction?.atNs].join(' ');
    const cell = this.#cells.get(name) ?? { slot: what.slot, cause, eviction, ...NOTHING };
    const [count = 0, totalNs = 0, ageTotalNs = 0, ageMaxNs = 0] = sums.map(Number);
    const [, , ...old] = before === undefined ? [] : (tupleFields(before, 6) ?? []);
    const [oldCount = 0, oldTotalNs = 0, oldAgeTotalNs = 0] = old.map(Number);
    const atNs = eviction?.atNs ?? null;
    // The row's oldest may be of an earlier second of the same number.
    const possibleNs = atNs === null ? ageMaxNs : Math.min(ageMaxNs, Number(nowNs - atNs) + 2 ** 30);
    this.#cells.set(name, {
      ...cell,
      count: cell.count + Math.max(0, count - oldCount),
      totalNs: cell.totalNs + Math.max(0, totalNs - oldTotalNs),
      ageTotalNs: cell.ageTotalNs + Math.max(0, ageTotalNs - oldAgeTotalNs),
      ageMaxNs: Math.max(cell.ageMaxNs, possibleNs, 0),
    });
    this.#changed.add(name);
    return true;
  }

  /** Those that have changed; of files that are not known yet, next time. */
  take(fileOf: (slot: number) => FileKey | undefined, nowNs: bigint): FaultCauseRecord[] {
    this.#prune(nowNs);
    return [...this.#changed].flatMap((name) => {
      const cell = this.#cells.get(name);
      const file = cell && fileOf(cell.slot);
      if (cell === undefined || file === undefined) return [];
      this.#changed.delete(name);
      const { slot: _, ...rest } = cell;
      return [{ kind: 'fault-cause', ...file, ...rest }];
    });
  }

  /** Evictions of a second that is over for good grow no more. */
  #prune(nowNs: bigint): void {
    if (this.#cells.size < this.#pruneFrom) return;
    for (const [name, { eviction }] of this.#cells) {
      const atNs = eviction?.atNs ?? null;
      if (atNs !== null && nowNs - atNs > (TICKS + 8n) << TICK_BITS && !this.#changed.has(name))
        this.#cells.delete(name);
    }
    this.#pruneFrom = Math.max(PRUNE_FROM, 2 * this.#cells.size);
  }
}

/** Causes that are told by what did not happen. */
const UNSEEN: ReadonlySet<FaultCauseRecord['cause']> = new Set<FaultCauseRecord['cause']>(['swap-in', 'under-way']);

const PRUNE_FROM = 4096;
const NOTHING: Sums = { count: 0, totalNs: 0, ageTotalNs: 0, ageMaxNs: 0 };
