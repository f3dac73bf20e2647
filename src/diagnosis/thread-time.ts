import type { TimePart } from '../model/cause.js';
import { isIdle, TIME_PARTS } from '../model/cause.js';
import type { Snapshot } from '../model/snapshot.js';

/** Less than a twentieth of one thread busy: shares of so little time mean nothing. */
const LEAST_BUSY_THREADS = 0.05;

/** Share of the threads' time that is not idle; 0 where next to nothing was done at all. */
export function shareOfBusy(snapshot: Snapshot, part: TimePart): number {
  return asShareOfBusy(snapshot, snapshot.totals.time[part]);
}

/** The same of so much time that is a part of it. */
export function asShareOfBusy(snapshot: Snapshot, ns: number): number {
  const busyNs = busyTimeNs(snapshot);
  return busyNs < LEAST_BUSY_THREADS * snapshot.window.durationNs || busyNs === 0 ? 0 : ns / busyNs;
}

/** How many threads were in it at a time, on average. */
export function meanThreads({ totals, window }: Snapshot, part: TimePart): number {
  return window.durationNs === 0 ? 0 : totals.time[part] / window.durationNs;
}

/** On-CPU, run queue and waits, without the idle ones. */
export function busyTimeNs({ totals }: Snapshot): number {
  return TIME_PARTS.filter((part) => !isIdle(part)).reduce((sum, part) => sum + totals.time[part], 0);
}

/** Share of the threads' time that is neither idle nor short of a CPU: a busy host hides nothing of it. */
export function shareOfOwn(snapshot: Snapshot, part: TimePart): number {
  const { time } = snapshot.totals;
  const ownNs = busyTimeNs(snapshot) - time.runQueue - time.stolen;
  return shareOfBusy(snapshot, part) === 0 || ownNs <= 0 ? 0 : time[part] / ownNs;
}
