import { monotonicNs } from './clock.js';
import { readProcFile } from './proc-file.js';
import { parseSchedstat } from './proc-schedstat.js';
import { readVisible } from './system-error.js';

/**
 * How long a thread has ever been neither running nor runnable, counted from boot on as bpf/threads.bt does it: now -
 * on-CPU - run queue. Null where it has ended, or may not be looked at.
 */
export function blockedClockNs(pid: number, tid: number): bigint | null {
  const text = readVisible(() => readProcFile(`/proc/${pid}/task/${tid}/schedstat`));
  const stat = text === null ? null : parseSchedstat(text);
  return stat === null ? null : monotonicNs() - stat.onCpuNs - stat.runQueueNs;
}
