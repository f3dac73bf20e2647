import type { ThreadRef } from './record.js';

/**
 * Who ended a wait. `thread`: a thread of the target; `process`: a thread of another process; `kernel`: a kernel thread;
 * `interrupt`: hard or soft interrupt, or the idle task: a device, a timer, the network. `unseen`: nobody saw it, and its
 * length is not known: the thread was woken while it was still going to sleep, or while no BPF program could run.
 */
export const WAKER_KINDS = ['thread', 'process', 'kernel', 'interrupt', 'unseen'] as const;
export type WakerKind = (typeof WAKER_KINDS)[number];

/** Waits of a thread by cause and by who ended them: cumulative since the set was attached. */
export interface WakeRecord extends ThreadRef {
  readonly kind: 'wake';
  /** Why it waited, as in WaitRecord.code. */
  readonly code: number;
  readonly waker: WakerKind;
  /** The waking thread of the target with `thread`, the process with `process` and `kernel`, 0 with the others. */
  readonly wakerId: number;
  readonly count: number;
  /** From going off-CPU to being woken; 0 with `unseen`. */
  readonly totalNs: number;
  readonly maxNs: number;
}

/** The name of a process that wakes threads of the target. The latest one counts. */
export interface WakerNameRecord {
  readonly kind: 'waker-name';
  readonly atNs: bigint;
  readonly pid: number;
  /** /proc/PID/comm: an outside string. */
  readonly comm: string;
}

/**
 * Lock waits of one thread that another one ended who was itself stuck in a major fault meanwhile: cumulative. The holder
 * may have waited for a third one's fault: `faulter` is where the chain begins.
 */
export interface WakeChainRecord extends ThreadRef {
  readonly kind: 'wake-chain';
  /** Thread that ended the wait. */
  readonly holder: number;
  /** Thread whose major fault it was. */
  readonly faulter: number;
  readonly count: number;
  /** Time in which both the wait and the fault went on: a lower bound, at most a sixteenth of the wait too little. */
  readonly overlapNs: number;
}
