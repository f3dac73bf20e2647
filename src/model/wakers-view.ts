import type { WakerKind } from '../record/wakers.js';
import type { Cause } from './cause.js';

/** Who ended the waits of the target's threads (bpf/wakers.bt). */
export interface WakersView {
  /** Longest total first, at most {@link TOP_WAKES}. */
  readonly wakes: readonly WakeView[];
  /** Locks held by threads that were in a major fault: longest overlap first, at most {@link TOP_WAKES}. */
  readonly chains: readonly ChainView[];
  /** Lock waits of all threads, and the part of it that such a chain explains. */
  readonly lockWaitNs: number;
  readonly lockBehindFaultNs: number;
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
