import type { FaultRecord } from '../record/record.js';
import { STEP_PAGES, type Steps } from './access-pattern.js';
import type { Place } from './fault-places.js';

/** Places told apart; of programs that have more, those with most faults stay. */
const KEPT_PLACES = 4000;
/** Threads whose fault before is remembered. */
const KEPT_THREADS = 20_000;

interface Sum {
  readonly place: Place;
  weight: number;
  waitNs: number;
  /** Of single faults, each counted once. */
  ahead: number;
  all: number;
  windowPages: number;
}

export interface PlaceSum {
  readonly place: Place;
  readonly weight: number;
  readonly waitNs: number;
  readonly steps: Steps;
}

/** Major faults by place, estimated from the single ones that arrive, by their weights. */
export class SingleFaults {
  readonly #sums = new Map<string, Sum>();
  readonly #lastOf = new Map<number, { readonly key: string; readonly page: number }>();
  /** Of places that had to go. */
  readonly dropped = { places: 0, weight: 0, waitNs: 0 };

  /** `page` is that of the file; null where there is none. */
  add({ tid, weight, latencyNs }: FaultRecord, place: Place, page: number | null): void {
    const sum = this.#sumOf(place);
    sum.weight += weight;
    sum.waitNs += weight * (latencyNs ?? 0);
    if (page !== null) this.#step(sum, tid, page, weight);
  }

  list(): PlaceSum[] {
    return Array.from(this.#sums.values(), ({ place, weight, waitNs, ahead, all, windowPages }) => ({
      place,
      weight,
      waitNs,
      steps: { ahead, all, windowPages: all === 0 ? STEP_PAGES : windowPages / all },
    }));
  }

  /** A fault that stands for ten may be ten faults after the thread's last that arrived: that much further it may be. */
  #step(sum: Sum, tid: number, page: number, weight: number): void {
    const { key } = sum.place;
    const before = this.#lastOf.get(tid);
    if (before === undefined && this.#lastOf.size >= KEPT_THREADS) this.#lastOf.clear();
    this.#lastOf.set(tid, { key, page });
    const windowPages = STEP_PAGES * weight;
    const by = before?.key === key ? page - before.page : 0;
    sum.all += 1;
    sum.ahead += by > 0 && by <= windowPages ? 1 : 0;
    sum.windowPages += windowPages;
  }

  #sumOf(place: Place): Sum {
    const known = this.#sums.get(place.key);
    if (known !== undefined) return known;
    this.#makeRoom();
    const sum = { place, weight: 0, waitNs: 0, ahead: 0, all: 0, windowPages: 0 };
    this.#sums.set(place.key, sum);
    return sum;
  }

  #makeRoom(): void {
    if (this.#sums.size < KEPT_PLACES) return;
    const least = [...this.#sums].sort(([, a], [, b]) => a.weight - b.weight).slice(0, KEPT_PLACES / 2);
    for (const [key, { weight, waitNs }] of least) {
      this.dropped.places += 1;
      this.dropped.weight += weight;
      this.dropped.waitNs += waitNs;
      this.#sums.delete(key);
    }
  }
}
