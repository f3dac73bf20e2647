import { isIdle, TIME_PARTS, type TimePart } from './cause.js';
import { ExactSplit } from './exact-split.js';
import type { TimeSplit, Totals } from './snapshot.js';
import type { ThreadAccount } from './thread-account.js';
import { addSplit, emptySplit } from './time-split.js';

/** So many threads come to 2^53 ns, up to which a sum is exact, only where each has lived for more than a day since the last tick. */
const ADDED_AT_ONCE = 64;

/** Time of all threads, also of those that have lost their rows. */
export class TimeTotals {
  readonly #sum = new ExactSplit();
  /** What of it came since {@link takeSpent} was called last. */
  #spent = emptySplit();

  /** Brings the sums up to date with threads of which something was told. */
  count(threads: Iterable<ThreadAccount>): void {
    let more = emptySplit();
    let added = 0;
    for (const thread of threads) {
      const { time } = thread;
      const before = thread.countedTime;
      if (before === time) continue;
      addSplit(more, time);
      if (before !== null) addSplit(more, before, -1);
      thread.countedTime = time;
      added += 1;
      if (added % ADDED_AT_ONCE !== 0) continue;
      this.#spend(more);
      more = emptySplit();
    }
    this.#spend(more);
  }

  takeSpent(): TimeSplit {
    const spent = this.#spent;
    this.#spent = emptySplit();
    return spent;
  }

  sumOf(parts: readonly TimePart[]): number {
    return this.#sum.sumOf(parts);
  }

  view(): Pick<Totals, 'time' | 'faultWaitNs' | 'idleNs'> {
    const time = this.#sum.split();
    return { time, faultWaitNs: time.fault, idleNs: this.sumOf(TIME_PARTS.filter(isIdle)) };
  }

  #spend(more: TimeSplit): void {
    this.#sum.add(more);
    addSplit(this.#spent, more);
  }
}
