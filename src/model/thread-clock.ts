import type { SampleRecord, SwitchRecord, WaitingIn } from '../record/record.js';
import { EXCEPTION, SUB_PARKED, unpackCode } from './code.js';

/** A thread's accounting at one moment. */
interface Reading {
  readonly atNs: bigint;
  readonly onCpuNs: bigint;
  readonly runQueueNs: bigint;
}

/** The time a thread has ever been neither running nor runnable, up to a constant: the blocked clock. */
function blockedNs(reading: Reading): bigint {
  return reading.atNs - reading.onCpuNs - reading.runQueueNs;
}

/** How a thread's life so far divides; waits that have ended are counted elsewhere (WaitCells). */
export interface ClockReading {
  readonly lifetimeNs: number;
  readonly onCpuNs: number;
  readonly runQueueNs: number;
  /** The wait that was under way when tracing began, and its code; ended or not. */
  readonly first: { readonly code: number; readonly ns: number; readonly open: boolean } | null;
  /** The wait that no switch-out has followed yet; not open if the thread is runnable again. */
  readonly open: {
    readonly code: number;
    readonly ns: number;
    readonly open: boolean;
  } | null;
}

/**
 * Keeps one thread's clocks from two sources that overtake each other: the kernel script's switch-outs, exact but only
 * as new as the last one, and /proc, read from time to time. Everything comes from the later of the two.
 */
export class ThreadClock {
  #start: Reading | null = null;
  #waitingIn: WaitingIn | null = null;
  #startState = 'R';
  /** The blocked clock at the first switch-out; null until there was one. */
  #firstSwitchBlockedNs: bigint | null = null;
  #switch: SwitchRecord | null = null;
  #sample: SampleRecord | null = null;

  get ended(): boolean {
    return this.#switch?.event === 'last';
  }

  get lastSwitch(): SwitchRecord | null {
    return this.#switch;
  }

  get lastSample(): SampleRecord | null {
    return this.#sample;
  }

  applySample(sample: SampleRecord): void {
    if (this.#start === null) {
      this.#start = sample;
      this.#startState = sample.state;
      this.#waitingIn = sample.waitingIn ?? null;
    }
    this.#sample = sample;
  }

  applySwitch(record: SwitchRecord): void {
    if (record.born) {
      // The account begins at birth, where all three clocks stood at nought.
      this.#start = { atNs: record.blockedBaseNs, onCpuNs: 0n, runQueueNs: 0n };
      this.#waitingIn = null;
      this.#firstSwitchBlockedNs = record.blockedBaseNs;
    } else {
      this.#firstSwitchBlockedNs ??= record.blockedBaseNs;
      if (this.#start === null || (record.event === 'first' && record.atNs < this.#start.atNs)) {
        this.#start = record;
        this.#waitingIn = null;
      }
    }
    if (this.#switch === null || record.atNs >= this.#switch.atNs) this.#switch = record;
  }

  /** Null while nothing is known. */
  read(): ClockReading | null {
    const start = this.#start;
    const latest = this.#latest();
    if (start === null || latest === null) return null;
    const startBlocked = blockedNs(start);
    const stale = this.#staleOnCpuNs(latest);
    return {
      lifetimeNs: Number(latest.atNs - start.atNs),
      onCpuNs: Number(latest.onCpuNs - start.onCpuNs) + stale,
      runQueueNs: Number(latest.runQueueNs - start.runQueueNs),
      first: this.#firstWait(startBlocked, latest),
      open: this.#openWait(latest),
    };
  }

  #latest(): Reading | null {
    if (this.#switch === null || this.#sample === null) return this.#switch ?? this.#sample;
    return this.ended || this.#switch.atNs >= this.#sample.atNs ? this.#switch : this.#sample;
  }

  /**
   * The kernel brings sum_exec_runtime up to date at ticks (update_curr()), so a running thread's reading in /proc is
   * old by up to one, and the blocked clock ahead by as much. A thread last preempted has not blocked since.
   */
  #staleOnCpuNs(latest: Reading): number {
    if (latest !== this.#sample || this.#sample.state !== 'R') return 0;
    if (this.#switch === null) {
      // One that was waiting at the start has blocked: that is its first wait.
      return this.#beganWaiting ? 0 : Math.max(0, Number(blockedNs(latest) - blockedNs(this.#start ?? latest)));
    }
    if (unpackCode(this.#switch.code).state !== 'preempted') return 0;
    return Math.max(0, Number(blockedNs(latest) - blockedNs(this.#switch)));
  }

  get #beganWaiting(): boolean {
    return this.#startState !== 'R' || this.#waitingIn !== null;
  }

  #firstWait(startBlocked: bigint, latest: Reading): ClockReading['first'] {
    const open = this.#firstSwitchBlockedNs === null;
    if (!this.#beganWaiting) return null;
    const ns = Number((this.#firstSwitchBlockedNs ?? blockedNs(latest)) - startBlocked);
    if (ns <= 0) return null;
    return { code: codeOfFirstWait(this.#startState, this.#waitingIn), ns, open: open && this.#sample?.state !== 'R' };
  }

  #openWait(latest: Reading): ClockReading['open'] {
    const last = this.#switch;
    if (last === null || last.event === 'last' || unpackCode(last.code).state === 'preempted') return null;
    const ns = latest === last ? 0 : Number(blockedNs(latest) - blockedNs(last));
    const open = latest === last || this.#sample?.state !== 'R';
    return { code: last.code, ns: Math.max(0, ns), open };
  }
}

const FUTEX_X86_64 = 202;

/** Packs what /proc/PID/task/TID/syscall told of a wait as bpf/threads.bt would have. */
function codeOfFirstWait(state: string, waitingIn: WaitingIn | null): number {
  const packedState = state === 'S' ? 1 : state === 'D' ? 2 : 3;
  const nr = waitingIn === null ? 0x3fe : waitingIn.syscall === -1 ? EXCEPTION : waitingIn.syscall & 0x3ff;
  const operation = Number((waitingIn?.arg1 ?? 0n) & 0x7fn);
  const parked = nr === FUTEX_X86_64 && (operation === 9 || operation === 11);
  return ((parked ? SUB_PARKED : 0) << 14) | (nr << 4) | packedState;
}
