import { fromBytes, readProcFile } from './proc-file.js';
import { readCommandLine, readProcessStat } from './proc-process.js';
import { isKernelThread } from './proc-stat.js';
import { readVisible } from './system-error.js';

/** Who a process is, as long as it lives; all texts are outside strings. */
export interface ProcessIdentity {
  /** Low 14 bits of its start time in clock ticks. */
  readonly generation: number;
  readonly comm: string;
  /** Arguments joined by blanks, cut; empty for a kernel thread. */
  readonly command: string;
  /** Null where it could not be read. */
  readonly cgroup: string | null;
  readonly kernelThread: boolean;
}

/** Enough to know a program by; some have their whole configuration on the command line. */
const MAX_COMMAND = 300;

/** Null where there is no such process, or it may not be looked at. */
export function readIdentity(procRoot: string, pid: number): ProcessIdentity | null {
  return readVisible(() => {
    const stat = readProcessStat(procRoot, pid);
    if (stat === null) return null;
    return {
      generation: stat.startTicks & 0x3fff,
      comm: fromBytes(stat.commBytes),
      command: readCommandLine(procRoot, pid).slice(0, MAX_COMMAND),
      cgroup: memoryCgroup(fromBytes(readProcFile(`${procRoot}/${pid}/cgroup`) ?? '')),
      kernelThread: isKernelThread(stat),
    };
  });
}

/** The path in /proc/PID/cgroup (cgroups(7)): of the memory controller where version 1 has it, else that of version 2. */
export function memoryCgroup(text: string): string | null {
  const lines = text.split('\n').map((line) => /^(\d+):([^:]*):(.*)$/.exec(line));
  const v1 = lines.find((line) => line?.[2]?.split(',').includes('memory'));
  const v2 = lines.find((line) => line?.[1] === '0' && line[2] === '');
  return (v1 ?? v2)?.[3] ?? null;
}
