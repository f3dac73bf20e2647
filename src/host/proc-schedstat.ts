/** /proc/PID/task/TID/schedstat: fs/proc/base.c proc_pid_schedstat(). */
export interface Schedstat {
  /** se.sum_exec_runtime. */
  readonly onCpuNs: bigint;
  /** sched_info.run_delay. */
  readonly runQueueNs: bigint;
  /** sched_info.pcount: how often it was put on a CPU; 0 for ever where the kernel does not keep sched_info. */
  readonly timesRun: bigint;
}

const LINE = /^(\d+) (\d+) (\d+)\n?$/;

/** Null where the text is no schedstat line. */
export function parseSchedstat(text: string): Schedstat | null {
  const [, onCpu, runQueue, timesRun] = LINE.exec(text) ?? [];
  if (onCpu === undefined || runQueue === undefined || timesRun === undefined) return null;
  return { onCpuNs: BigInt(onCpu), runQueueNs: BigInt(runQueue), timesRun: BigInt(timesRun) };
}
