import type { FaultStep, FileKey } from '../record/files.js';

/** Unpacks what bpf/threads.bt packs into 64 bits; the layouts stand at the head of that script. */

/** Key of a histogram cell. bpftrace prints it signed, so tids from 2^21 on come as negative numbers. */
export function unpackCellKey(key: bigint): { tid: number; generation: number; code: number; bucket: number } {
  const bits = BigInt.asUintN(64, key);
  const low = Number(bits & 0xfffffffn);
  return {
    tid: Number(bits >> 42n),
    generation: Number((bits >> 28n) & 0x3fffn),
    code: low >> 8,
    bucket: low & 0xff,
  };
}

/** The code of the two cells that tell a thread's end. */
export const THREAD_END = (5 << 14) | (0x3ff << 4);

/** task->maj_flt of a thread that has ended, whether it was born while traced, and whether a line tells its end, too. */
export function unpackEnd(end: bigint): { majorFaults: number; born: boolean; printed: boolean } {
  return { majorFaults: Number(end >> 4n), born: (end & 8n) !== 0n, printed: (end & 4n) !== 0n };
}

/** A thread's row: its generation and the code of its latest switch-out, the `born` bit taken out of it. */
export function unpackMeta(meta: bigint): { generation: number; code: number; born: boolean } {
  const code = Number(meta & 0xfffffn);
  return { generation: Number((meta >> 40n) & 0x3fffn), code: code & ~8, born: (code & 8) !== 0 };
}

/** Key of the level map: the capacity at the time, and the level. */
export function unpackLevelKey(key: bigint): { capacity: number; level: number } {
  return { capacity: Number(key >> 16n), level: Number(key & 0xffffn) };
}

const STEPS: readonly FaultStep[] = ['other', 'near', 'far'];

/** Key of the map of faults by file; undefined where the script cannot have packed it. */
export function unpackFileKey(first: bigint, inode: bigint): (FileKey & { step: FaultStep }) | undefined {
  const step = STEPS[Number(first & 3n)];
  // The kernel's dev_t has 32 bits.
  return step === undefined || first >> 34n !== 0n ? undefined : { device: Number(first >> 2n), inode, step };
}

/** Key of the map of faults by start function. */
export function unpackGoroutineKey(key: bigint): { cpu: number; startPc: bigint; holding: boolean } {
  return { cpu: Number(key >> 48n), startPc: (key >> 1n) & 0x7fff_ffff_ffffn, holding: (key & 1n) === 1n };
}
