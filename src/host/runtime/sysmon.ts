import type { RoleRecord } from '../../record/record.js';
import { readProcFile } from '../proc-file.js';
import { parseStat } from '../proc-stat.js';
import type { GoThread } from './allm.js';
import type { ProcessMemory } from './process-memory.js';
import { threadsByOwnNumber } from './thread-numbers.js';

/**
 * The thread that runs Go's monitor, told by what it began with (m.mstartfn, a closure whose first word is the code's
 * address; main() in runtime/proc.go starts it). `entry` is where runtime.sysmon begins in the process. Null where there is none.
 */
export function findSysmon(
  memory: ProcessMemory,
  pid: number,
  threads: readonly GoThread[],
  entry: bigint,
): RoleRecord | null {
  const sysmon = threads.find(({ mstartfn }) => mstartfn !== 0n && memory.word(mstartfn) === entry);
  const tid = sysmon === undefined ? undefined : threadsByOwnNumber(pid).get(sysmon.procid);
  if (tid === undefined) return null;
  const stat = parseStat(readProcFile(`/proc/${pid}/task/${tid}/stat`) ?? '');
  return stat === null ? null : { kind: 'role', tid, startTicks: stat.startTicks, role: 'sysmon' };
}
