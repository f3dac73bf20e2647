import type { ActorRef, EvictionsRecord, EvictionWay } from '../../record/page-cache.js';
import { dropOldest } from '../drop-oldest.js';
import { Increase } from '../increase.js';
import { actorKey, OTHERS } from './actors.js';
import { Recent } from './recent.js';

/** Evictors kept apart; where there are more, the half with fewer pages becomes one. */
const MOST_EVICTORS = 4096;

/** Files kept apart: those of which nothing was evicted for longest are forgotten, and count anew. */
const MOST_FILES = 2 ** 14;

export interface Evictor {
  readonly actor: ActorRef;
  readonly way: EvictionWay;
  readonly pages: number;
}

/** Pages of the target's files by who evicted them and how: exact. */
export class Evictions {
  readonly #increase = new Increase();
  readonly #recent = new Recent();
  #evictors = new Map<string, Evictor>();
  /** By file: what was evicted of it at all. */
  readonly #files = new Map<string, number>();
  #pages = 0;

  restart(): void {
    this.#increase.restart();
  }

  apply(record: EvictionsRecord): void {
    const { device, inode, actor, way } = record;
    const file = `${device}:${inode}`;
    const [pages = 0] = this.#increase.of([file, evictorKey(actor, way)], [record.pages]);
    if (pages === 0) return;
    this.#pages += pages;
    this.#count(file, pages);
    this.#add({ actor, way, pages });
    this.#recent.add(evictorKey(actor, way), pages);
    if (this.#evictors.size > MOST_EVICTORS) this.#mergeLeast();
  }

  #count(file: string, pages: number): void {
    const before = this.#files.get(file) ?? 0;
    this.#files.delete(file);
    this.#files.set(file, before + pages);
    dropOldest(this.#files, MOST_FILES);
  }

  tick(seconds: number): void {
    this.#recent.tick(seconds);
  }

  get pages(): number {
    return this.#pages;
  }

  /** Pages evicted of one file. */
  pagesOf(file: string): number {
    return this.#files.get(file) ?? 0;
  }

  /** By {@link evictorKey}. */
  get evictors(): ReadonlyMap<string, Evictor> {
    return this.#evictors;
  }

  /** Pages a second, by {@link evictorKey}. */
  rates(): ReadonlyMap<string, number> {
    return this.#recent.rates();
  }

  #add({ actor, way, pages }: Evictor): void {
    const key = evictorKey(actor, way);
    this.#evictors.set(key, { actor, way, pages: pages + (this.#evictors.get(key)?.pages ?? 0) });
  }

  #mergeLeast(): void {
    const sorted = [...this.#evictors.values()].sort((a, b) => b.pages - a.pages);
    this.#evictors = new Map();
    for (const [index, evictor] of sorted.entries()) {
      this.#add(index < MOST_EVICTORS / 2 ? evictor : { ...evictor, actor: OTHERS });
    }
  }
}

export function evictorKey(actor: ActorRef, way: EvictionWay): string {
  return `${actorKey(actor)} ${way}`;
}
