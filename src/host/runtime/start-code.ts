import { readProcFile } from '../proc-file.js';

/**
 * mm->start_code of a process: field 26 of /proc/PID/stat (proc_pid_stat(5)). Null where the process is gone, and where
 * the kernel does not let us know (it then says 0 or 1, fs/proc/array.c do_task_stat()).
 */
export function startCode(pid: number): bigint | null {
  const text = readProcFile(`/proc/${pid}/stat`) ?? '';
  // The name may hold blanks and ')'; no later field can. The state, field 3, comes first after it.
  const field = text.slice(text.lastIndexOf(')') + 2).split(' ')[26 - 3];
  const address = field !== undefined && /^\d+$/.test(field) ? BigInt(field) : 0n;
  return address > 1n ? address : null;
}
