import type { WaitRecord } from '../record/record.js';
import { Histogram } from './histogram.js';
import type { Totals } from './snapshot.js';
import type { ThreadAccount } from './thread-account.js';
import { type CellDelta, isFault } from './wait-cells.js';

type FaultTotalsView = Pick<
  Totals,
  | 'majorFaults'
  | 'majorFaultsNoSleep'
  | 'majorFaultRateHz'
  | 'faultLatency'
  | 'faultHistogram'
  | 'faultLatencyNs'
  | 'exactFaultLatency'
>;

/** Major faults of all threads: how many, how fast they come, how long they took. */
export class FaultTotals {
  readonly #latency = new Histogram();
  readonly #entryLatency = new Histogram();
  #count = 0;
  #withoutSleep = 0;
  #latencyNs = 0;
  #rateHz = 0;
  #countAtTick = 0;
  #entryRan = false;
  /** Those that have faulted since the last tick, and between it and the one before. */
  #faulting = { now: new Set<ThreadAccount>(), before: new Set<ThreadAccount>() };

  get count(): number {
    return this.#count;
  }

  /** What a thread's cell came to more; only faults count. */
  add(thread: ThreadAccount, delta: CellDelta, { bucket, maxNs }: WaitRecord): void {
    if (!isFault(delta)) return;
    this.#faulting.now.add(thread);
    this.#count += delta.count;
    if (delta.kind === 'fault-no-sleep') this.#withoutSleep += delta.count;
    if (delta.kind !== 'fault-latency') return;
    this.#latency.add(bucket, delta.count, maxNs);
    this.#latencyNs += delta.totalNs;
  }

  /** From now on latency is also measured from entry to return of the page fault. */
  entryRuns(): void {
    this.#entryRan = true;
  }

  addExact(bucket: number, count: number, maxNs: number): void {
    this.#entryLatency.add(bucket, count, maxNs);
  }

  tick(seconds: number): void {
    this.#rateHz = (this.#count - this.#countAtTick) / seconds;
    this.#countAtTick = this.#count;
    const { now, before } = this.#faulting;
    for (const thread of new Set([...now, ...before])) thread.tick(seconds);
    this.#faulting = { now: new Set(), before: now };
  }

  view(): FaultTotalsView {
    return {
      majorFaults: this.#count,
      majorFaultsNoSleep: this.#withoutSleep,
      majorFaultRateHz: this.#rateHz,
      faultLatency: this.#latency.distribution(),
      faultHistogram: this.#latency.cells(),
      faultLatencyNs: this.#latencyNs,
      exactFaultLatency: this.#entryRan ? this.#entryLatency.distribution() : null,
    };
  }
}
