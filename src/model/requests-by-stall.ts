import type { RequestRecord, StallRecord } from '../record/record.js';
import { bucketOf, Histogram } from './histogram.js';
import type { RequestShare, RequestsView } from './snapshot.js';

/**
 * A full stall is told at the first dump after its end, a request at once: by the second tick after a request was
 * answered every stall that it can overlap has been told, unless that one went on for longer.
 */
const TICKS_TO_WAIT = 2;

/** Single requests of one tick that wait to be judged; what comes beyond, where a tick takes minutes, is given up. */
const MAX_WAITING = 50_000;
/** Full stalls to judge by, the latest: at worst, with one a millisecond, 20 s of them. */
const MAX_STALLS = 20_000;

/**
 * Tells single requests that overlap a full stall from those that do not, and estimates each kind's figures by their
 * weights. Stalls shorter than a millisecond are not told one by one: what they alone overlap counts as clear.
 */
export class RequestsByStall {
  /** Disjoint, by start. */
  #stalls: StallRecord[] = [];
  /** By ticks since they came, the latest first. */
  #waiting: RequestRecord[][] = [[]];
  readonly #overlapping = new Share();
  readonly #clear = new Share();

  applyStall(stall: StallRecord): void {
    const at = this.#firstNotBefore(stall.startNs);
    this.#stalls.splice(at, 0, stall);
    if (this.#stalls.length > 2 * MAX_STALLS) this.#stalls = this.#stalls.slice(-MAX_STALLS);
  }

  applyRequest(request: RequestRecord): void {
    // Sent only for being long: those with a weight stand for it.
    if (request.weight === 0) return;
    const latest = this.#waiting[0] ?? [];
    if (latest.length < MAX_WAITING) latest.push(request);
  }

  /** Judges those that have waited long enough; without a capacity there is nothing to judge them by. */
  tick(capacity: number | null): void {
    this.#waiting.unshift([]);
    for (const request of this.#waiting.splice(TICKS_TO_WAIT).flat()) {
      if (capacity !== null) (this.#overlaps(request) ? this.#overlapping : this.#clear).add(request);
    }
  }

  /** Judges all that are left, after the last tick. */
  finish(capacity: number | null): void {
    for (let ticks = 0; ticks < TICKS_TO_WAIT; ticks += 1) this.tick(capacity);
  }

  view(): NonNullable<RequestsView['byStall']> {
    return { overlapping: this.#overlapping.view(), clear: this.#clear.view() };
  }

  /** Of those that began before it was answered the latest ended last. */
  #overlaps({ atNs, durationNs }: RequestRecord): boolean {
    const stall = this.#stalls[this.#firstNotBefore(atNs) - 1];
    return stall !== undefined && stall.startNs + BigInt(stall.durationNs) > atNs - BigInt(durationNs);
  }

  /** Index of the first stall that starts at or after that time. */
  #firstNotBefore(atNs: bigint): number {
    let [from, to] = [0, this.#stalls.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#stalls[middle]?.startNs ?? atNs) < atNs) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

class Share {
  readonly #histogram = new Histogram();

  add({ durationNs, weight }: RequestRecord): void {
    this.#histogram.add(bucketOf(durationNs), weight, durationNs, durationNs * weight);
  }

  view(): RequestShare {
    const { count, p50Ns, p99Ns } = this.#histogram.distribution();
    return { count, meanNs: this.#histogram.meanNs, p50Ns, p99Ns };
  }
}
