import { readProcFile } from './proc-file.js';
import { parseStat } from './proc-stat.js';

const TICK_NS = 10_000_000;

/** CPU time of a process, all threads and ended ones too, to 10 ms (/proc/PID/stat); null where it is gone. */
export function processCpuNs(pid: number): number | null {
  const stat = parseStat(readProcFile(`/proc/${pid}/stat`) ?? '');
  return stat === null ? null : (stat.userTicks + stat.systemTicks) * TICK_NS;
}

/** CPU time of our children that have ended and were waited for (/proc/self/stat fields 16 and 17). */
export function endedChildrenCpuNs(): number {
  const text = readProcFile('/proc/self/stat') ?? '';
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * TICK_NS;
}

/** Its share of the memory it has (Pss of /proc/PID/smaps_rollup); null where it is gone, or the kernel does not tell. */
export function processMemoryBytes(pid: number | 'self'): number | null {
  const found = /^Pss:\s*(\d+) kB$/m.exec(readProcFile(`/proc/${pid}/smaps_rollup`) ?? '');
  return found?.[1] === undefined ? null : Number(found[1]) * 1024;
}

/** Context switches of the whole host since it was booted (ctxt of /proc/stat). */
export function hostSwitches(): number {
  return Number(/^ctxt (\d+)$/m.exec(readProcFile('/proc/stat') ?? '')?.[1] ?? 0);
}
