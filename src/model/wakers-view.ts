import type { WakerKind } from '../record/wakers.js';
import type { Cause } from './cause.js';

/** Who ended the waits of the target's threads (bpf/wakers.bt). Waits that have not ended are not in it. */
export interface WakersView {
  /**
   * Idle causes last, else longest total first, at most {@link TOP_WAKES}; those whose end was not seen are in `unseenWaits`
   * alone.
   */
  readonly wakes: readonly WakeView[];
  /** Of all waits whose end was seen, those of idle causes. */
  readonly idleNs: number;
  /** Locks held by threads that were in a major fault: longest overlap first, at most {@link TOP_WAKES}. */
  readonly chains: readonly ChainView[];
  /** False for Go: who ends a futex wait there hands over work, and held no lock. There are no chains then. */
  readonly chainsTold: boolean;
  /** Lock waits of all threads, and the part of it that such chains explain: a lower bound. */
  readonly lockWaitNs: number;
  readonly lockBehindFaultNs: number;
  /** All that ended, and how many of them nobody saw end: those have no length here. */
  readonly waits: number;
  readonly unseenWaits: number;
}

export const TOP_WAKES = 200;

export interface WakeView {
  readonly tid: number;
  readonly threadName: string | null;
  readonly cause: Cause;
  readonly syscall: string | null;
  readonly waker: WakerKind;
  /** tid or pid; null for an interrupt. */
  readonly wakerId: number | null;
  /** Outside string; null where it is not known. */
  readonly wakerName: string | null;
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number;
}

export interface ChainView {
  readonly waiter: ChainThread;
  /** Who ended the wait, and is taken for the one that held the lock. */
  readonly holder: ChainThread;
  /** The same as the holder where the chain has two links. */
  readonly faulter: ChainThread;
  readonly count: number;
  readonly overlapNs: number;
}

export interface ChainThread {
  readonly tid: number;
  readonly name: string | null;
}
