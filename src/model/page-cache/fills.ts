import type { ActorRef, FillRecord } from '../../record/page-cache.js';
import { Increase } from '../increase.js';
import { actorKey, OTHERS } from './actors.js';
import { Recent } from './recent.js';

/** Fillers kept apart; where there are more, the half with fewer bytes becomes one. */
const MOST_FILLERS = 4096;
/** What was filled is kept by second for so long, */
const KEPT_SECONDS = 1800;
/** by so many fillers each; the rest of a second is one. */
const FILLERS_A_SECOND = 24;
/** Growth is laid to no more time than this before its reading: between two readings that far apart some were lost. */
const LONGEST_SPAN_NS = 5_000_000_000n;
/** Readings closer to one another are one: dumps and scans are at least a tenth of a second apart. */
const SAME_READING_NS = 50_000_000n;
/** kswapd wakes when free memory has run low: those who filled it are in the second of the eviction or just before. */
const SECONDS_BEFORE = 2;
const SECONDS_AFTER = 1;
const SECOND_NS = 1_000_000_000n;

export interface Filler {
  readonly actor: ActorRef;
  readonly pageCacheBytes: number;
  readonly anonymousBytes: number;
}

/** What processes brought into memory, in all and by second. */
export class Fills {
  readonly #increase = new Increase();
  readonly #recent = new Recent();
  readonly #latestNs = new Map<FillRecord['source'], { latest: bigint; before: bigint | null }>();
  #fillers = new Map<string, Filler>();
  /** By second, then filler: oldest first, as they come. */
  readonly #seconds = new Map<number, Map<string, number>>();
  #bytes = 0;

  restart(): void {
    this.#increase.restart();
    this.#latestNs.clear();
  }

  apply(record: FillRecord): void {
    const { actor, source, atNs } = record;
    const [bytes = 0] = this.#increase.of([actorKey(actor), source], [record.bytes]);
    const fromNs = this.#readBefore(source, atNs);
    if (bytes === 0) return;
    this.#bytes += bytes;
    this.#add({
      actor,
      pageCacheBytes: source === 'page-cache' ? bytes : 0,
      anonymousBytes: source === 'anonymous' ? bytes : 0,
    });
    this.#recent.add(actorKey(actor), bytes);
    this.#spread(actorKey(actor), bytes, fromNs, atNs);
    if (this.#fillers.size > MOST_FILLERS) this.#mergeLeast();
  }

  tick(seconds: number): void {
    this.#recent.tick(seconds);
    let newest = 0;
    for (const second of this.#seconds.keys()) newest = Math.max(newest, second);
    for (const second of this.#seconds.keys()) {
      if (second < newest - KEPT_SECONDS) this.#seconds.delete(second);
      else if (second < newest - SECONDS_BEFORE) this.#thin(second);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** By {@link actorKey}. */
  get fillers(): ReadonlyMap<string, Filler> {
    return this.#fillers;
  }

  /** Bytes a second, by {@link actorKey}. */
  rates(): ReadonlyMap<string, number> {
    return this.#recent.rates();
  }

  /** Shares of what was brought into memory around a second, by {@link actorKey}; empty where none is known. */
  sharesAround(second: number): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (let at = second - SECONDS_BEFORE; at <= second + SECONDS_AFTER; at += 1) {
      for (const [key, bytes] of this.#seconds.get(at) ?? []) sums.set(key, (sums.get(key) ?? 0) + bytes);
    }
    const all = [...sums.values()].reduce((total, bytes) => total + bytes, 0);
    return new Map(Array.from(sums, ([key, bytes]) => [key, bytes / all]));
  }

  /** The reading before this one: those of one dump or scan come close together, and what did not grow is left out. */
  #readBefore(source: FillRecord['source'], atNs: bigint): bigint {
    const known = this.#latestNs.get(source);
    const isNext = known === undefined || atNs > known.latest + SAME_READING_NS;
    const before = isNext ? (known?.latest ?? null) : known.before;
    this.#latestNs.set(source, { latest: known === undefined || atNs > known.latest ? atNs : known.latest, before });
    const oldest = atNs - LONGEST_SPAN_NS;
    return before === null || before < oldest || before >= atNs ? oldest : before;
  }

  /** Evenly over the time from one reading to the next. */
  #spread(key: string, bytes: number, fromNs: bigint, toNs: bigint): void {
    const length = Number(toNs - fromNs);
    for (let second = secondOf(fromNs); second <= secondOf(toNs); second += 1) {
      const begin = BigInt(second) * SECOND_NS;
      const end = begin + SECOND_NS;
      const overlap = Number((end < toNs ? end : toNs) - (begin > fromNs ? begin : fromNs));
      if (overlap <= 0) continue;
      const fillers = this.#seconds.get(second) ?? new Map<string, number>();
      this.#seconds.set(second, fillers.set(key, (fillers.get(key) ?? 0) + (bytes * overlap) / length));
    }
  }

  #thin(second: number): void {
    const fillers = this.#seconds.get(second);
    if (fillers === undefined || fillers.size <= FILLERS_A_SECOND + 1) return;
    const sorted = [...fillers].sort(([, a], [, b]) => b - a);
    const rest = sorted.slice(FILLERS_A_SECOND).reduce((total, [, bytes]) => total + bytes, 0);
    this.#seconds.set(second, new Map([...sorted.slice(0, FILLERS_A_SECOND), [actorKey(OTHERS), rest]]));
  }

  #add({ actor, pageCacheBytes, anonymousBytes }: Filler): void {
    const before = this.#fillers.get(actorKey(actor));
    this.#fillers.set(actorKey(actor), {
      actor,
      pageCacheBytes: pageCacheBytes + (before?.pageCacheBytes ?? 0),
      anonymousBytes: anonymousBytes + (before?.anonymousBytes ?? 0),
    });
  }

  #mergeLeast(): void {
    const bytesOf = (filler: Filler): number => filler.pageCacheBytes + filler.anonymousBytes;
    const sorted = [...this.#fillers.values()].sort((a, b) => bytesOf(b) - bytesOf(a));
    this.#fillers = new Map();
    for (const [index, filler] of sorted.entries()) {
      this.#add(index < MOST_FILLERS / 2 ? filler : { ...filler, actor: OTHERS });
    }
  }
}

export function secondOf(atNs: bigint): number {
  return Number(atNs / SECOND_NS);
}
