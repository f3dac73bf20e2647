import type { Cause } from '../model/cause.js';
import type { WakerKind } from '../record/wakers.js';

/** Who ended the waits, from going off the CPU to being woken (docs/wakers.md). Waits that have not ended are not in it. */
export interface SummaryWakers {
  /** Waits that ended while the probe set ran. */
  readonly waits: number;
  /** Of those, the ones that nobody saw end: they are in no total. */
  readonly unseenWaits: number;
  /** Lock waits of all threads whose end was seen, in ns. */
  readonly lockWaitNs: number;
  /** Of that, while who ended the wait was itself in major faults, or behind another's, in ns: a lower bound; null for Go. */
  readonly lockBehindFaultNs: number | null;
  /** Threads that waited for a lock while its holder was in a major fault, longest first, at most 200; null for Go. */
  readonly chains: readonly SummaryChain[] | null;
  /** Waits by thread, cause and waker, idle causes (poll, sleep, parked) last, else longest total first, at most 200. */
  readonly wakes: readonly SummaryWake[];
}

export interface SummaryChain {
  /** Thread that waited for a lock. */
  readonly waiter: SummaryChainThread;
  /** Thread that ended the wait, taken for the lock's holder. */
  readonly holder: SummaryChainThread;
  /** Thread that was in a major fault: the holder, or one that the holder waited for. */
  readonly faulter: SummaryChainThread;
  /** Waits that it was so in. */
  readonly count: number;
  /** Time in which both the wait and the fault went on, in ns: a lower bound. */
  readonly overlapNs: number;
}

export interface SummaryChainThread {
  /** Thread ID. */
  readonly tid: number;
  /** Name, unescaped; null where it was never read. */
  readonly name: string | null;
}

export interface SummaryWake {
  /** Thread that waited. */
  readonly tid: number;
  /** Its name, unescaped; null where it was never read. */
  readonly name: string | null;
  /** Why it waited (docs/causes.md). */
  readonly cause: Cause;
  /** System call it waited in; null in a page fault taken in user mode. */
  readonly syscall: string | null;
  /** Who ended it: a thread of the target, another process, a kernel thread, or an interrupt. */
  readonly waker: WakerKind;
  /** TID with `thread`, PID with `process` and `kernel`; null with `interrupt`. */
  readonly wakerId: number | null;
  /** Name of the waker, unescaped; null where it is not known. */
  readonly wakerName: string | null;
  /** Waits. */
  readonly count: number;
  /** Their time, in ns. */
  readonly totalNs: number;
  /** The longest, in ns. */
  readonly maxNs: number;
}
