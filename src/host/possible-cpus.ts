import { cpus } from 'node:os';
import { readProcFile } from './proc-file.js';

/**
 * The highest number a CPU of this host can have, plus one: "0-3,8-11" in /sys/devices/system/cpu/possible (Linux'
 * Documentation/admin-guide/cputopology.rst) gives 12.
 */
export function possibleCpus(text = readProcFile('/sys/devices/system/cpu/possible')): number {
  const last = /(\d+)\s*$/.exec(text ?? '')?.[1];
  return last === undefined ? cpus().length : Number(last) + 1;
}
