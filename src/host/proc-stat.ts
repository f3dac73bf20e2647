/** What faultscope reads of /proc/PID/stat and /proc/PID/task/TID/stat: proc_pid_stat(5), fs/proc/array.c do_task_stat(). */
export interface StatLine {
  /** Field 2 as raw bytes, one character each: comparing needs no decoding. See fromBytes. */
  readonly commBytes: string;
  /** Field 3: R S D T t Z X I. */
  readonly state: string;
  /** Field 4. */
  readonly parentPid: number;
  /** Field 9, the PF_* flags. */
  readonly flags: number;
  /** Field 10. */
  readonly minorFaults: number;
  /** Field 12. */
  readonly majorFaults: number;
  /** Field 14: user mode, all threads and ended ones too, in ticks of 10 ms. */
  readonly userTicks: number;
  /** Field 15: kernel mode, likewise. */
  readonly systemTicks: number;
  /** Field 20. */
  readonly threads: number;
  /** Field 22, clock ticks since boot. */
  readonly startTicks: number;
  /** Field 24, pages. */
  readonly rssPages: number;
}

/** PF_KTHREAD, include/linux/sched.h. */
const PF_KTHREAD = 0x0020_0000;

/**
 * Parses one stat file; null where it is not one. The name may hold blanks, newlines and ')', and no later field can, so
 * the last ')' ends it.
 */
export function parseStat(text: string): StatLine | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = text.slice(close + 2).split(' ');
  const state = fields[0];
  if (state === undefined || state.length !== 1 || fields.length < 22) return null;
  /** `number` as proc_pid_stat(5) counts: state is 3. */
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    commBytes: text.slice(open + 1, close),
    state,
    parentPid: field(4),
    flags: field(9),
    minorFaults: field(10),
    majorFaults: field(12),
    userTicks: field(14),
    systemTicks: field(15),
    threads: field(20),
    startTicks: field(22),
    rssPages: field(24),
  };
}

/** A thread of the kernel's own: it has no user memory and so no page faults. */
export function isKernelThread(stat: StatLine): boolean {
  return (stat.flags & PF_KTHREAD) !== 0;
}

/** Ended: a zombie with no other thread left. A leader that ended before its threads is a zombie too, but the process lives. */
export function hasEnded(stat: StatLine): boolean {
  return (stat.state === 'Z' || stat.state === 'X') && stat.threads <= 1;
}
