/**
 * Why a thread was off-CPU for one wait. The words are the design's; `idle` ones are those in which a thread normally
 * has nothing to do, and which views set aside (their sum stays visible).
 */
export const CAUSES = [
  'fault',
  'fault-other',
  'disk',
  'lock',
  'net',
  'stopped',
  'other',
  'poll',
  'sleep',
  'parked',
] as const;
export type Cause = (typeof CAUSES)[number];

/**
 * Everything a thread's wall time is split into: the causes of waits, the run queue and the CPU. `stolen` is what
 * interrupts and the hypervisor took from a runnable thread, as far as it shows on the blocked clock of a preempted one.
 */
export const TIME_PARTS = ['onCpu', 'runQueue', 'stolen', ...CAUSES] as const;
export type TimePart = (typeof TIME_PARTS)[number];

const IDLE: ReadonlySet<TimePart> = new Set(['poll', 'sleep', 'parked']);

/** True where a wait of this cause normally means "nothing to do" rather than "held up". */
export function isIdle(part: TimePart): boolean {
  return IDLE.has(part);
}
