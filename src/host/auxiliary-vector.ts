import { readFileSync } from 'node:fs';
import { readVisible } from './system-error.js';

/** Of a process, as the kernel made it at execve(2) (proc_pid_auxv(5)); null where it is gone, or may not be looked at. */
export function readAuxiliaryVector(pid: number | 'self'): Buffer | null {
  return readVisible(() => readFileSync(`/proc/${pid}/auxv`));
}

/** A value of an auxiliary vector (getauxval(3)) of 64-bit little-endian pairs; null where it is not in there. */
export function auxiliaryValue(vector: Buffer, type: bigint): bigint | null {
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === type) return vector.readBigUInt64LE(at + 8);
  }
  return null;
}
