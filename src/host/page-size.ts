import { auxiliaryValue, readAuxiliaryVector } from './auxiliary-vector.js';

/** AT_PAGESZ, include/uapi/linux/auxvec.h. */
const AT_PAGESZ = 6n;

/** Bytes of a page, from the auxiliary vector (getauxval(3)): 4096 on x86, up to 65536 on arm64. */
export function pageSizeBytes(): number {
  const vector = readAuxiliaryVector('self');
  return (vector === null ? null : parsePageSize(vector)) ?? 4096;
}

/** Finds AT_PAGESZ in an auxiliary vector; null where it is not in there. */
export function parsePageSize(auxv: Buffer): number | null {
  const size = auxiliaryValue(auxv, AT_PAGESZ);
  return size === null ? null : Number(size);
}
