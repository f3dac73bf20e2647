/**
 * What bpf/threads.bt packs into one number about a wait: its scheduler state, whether a major fault ended it, the
 * syscall and a sub-kind. The layout is documented at the head of that script.
 */
export interface WaitCode {
  readonly state: 'preempted' | 'interruptible' | 'uninterruptible' | 'stopped';
  readonly endedInMajorFault: boolean;
  /** Syscall number; EXCEPTION in a page fault or another exception, UNKNOWN where registers cannot be read. */
  readonly nr: number;
  readonly sub: number;
}

/** orig_ax -1, cut to ten bits: the kernel was entered by an exception. */
export const EXCEPTION = 0x3ff;
/** The fallback variant of the script knows no syscall numbers. */
export const UNKNOWN_SYSCALL = 0x3fe;

/** `sub` of a futex wait as condition variables and semaphores use it. */
export const SUB_PARKED = 1;
/** `sub` of a futex wait in which a Go thread without a P waits for work. */
export const SUB_IDLE_M = 4;
const SUB_FAULT_LATENCY = 2;
const SUB_FAULT_NO_SLEEP = 3;

const STATES = ['preempted', 'interruptible', 'uninterruptible', 'stopped'] as const;

/** Unpacks the code; bit 3 (`born`) is not part of a wait. */
export function unpackCode(code: number): WaitCode {
  return {
    state: STATES[code & 3] ?? 'preempted',
    endedInMajorFault: (code & 4) !== 0,
    nr: (code >> 4) & 0x3ff,
    sub: (code >> 14) & 7,
  };
}

const FUTEX_X86_64 = 202;

/**
 * The code of a wait that a Go thread was found in, of which only /proc told: on a futex as mutexes use it. Whether the
 * thread holds a P cannot be read from there, but hardly any that does waits so: goroutines' own locks do not.
 */
export function asFoundInGo(code: number): number {
  const { nr, sub } = unpackCode(code);
  return nr === FUTEX_X86_64 && sub === 0 ? code | (SUB_IDLE_M << 14) : code;
}

/**
 * What a histogram cell holds: waits, latencies of completed major faults, faults that never slept, or what was stolen
 * from a runnable thread.
 */
export function cellKind(code: number): 'wait' | 'fault-latency' | 'fault-no-sleep' | 'stolen' {
  const { state, nr, sub } = unpackCode(code);
  if (nr === EXCEPTION && sub === SUB_FAULT_LATENCY) return 'fault-latency';
  if (nr === EXCEPTION && sub === SUB_FAULT_NO_SLEEP) return 'fault-no-sleep';
  return state === 'preempted' ? 'stolen' : 'wait';
}
