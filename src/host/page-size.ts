import { readFileSync } from 'node:fs';

/** AT_PAGESZ, include/uapi/linux/auxvec.h. */
const AT_PAGESZ = 6n;

/** Bytes of a page, from the auxiliary vector (getauxval(3)): 4096 on x86, up to 65536 on arm64. */
export function pageSizeBytes(): number {
  return parsePageSize(readFileSync('/proc/self/auxv')) ?? 4096;
}

/** Finds AT_PAGESZ in an auxiliary vector of 64-bit little-endian pairs; null where it is not in there. */
export function parsePageSize(auxv: Buffer): number | null {
  for (let at = 0; at + 16 <= auxv.length; at += 16) {
    if (auxv.readBigUInt64LE(at) === AT_PAGESZ) return Number(auxv.readBigUInt64LE(at + 8));
  }
  return null;
}
