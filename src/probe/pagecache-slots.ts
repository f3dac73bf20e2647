import type { FileKey } from '../record/files.js';

/** Files have numbers of 16 bits in bpf/pagecache.bt; 0 is none. */
const SLOTS = 2 ** 16;

/** A file tries this many numbers before it goes without. */
const TRIES = 4;

/** Numbers for files as the script would give them, one after the other; files for which none is free are left out. */
export function slotsOf(files: readonly FileKey[]): ReadonlyMap<number, FileKey> {
  const slots = new Map<number, FileKey>();
  for (const file of files) {
    const slot = triedBy(file).find((number) => !slots.has(number));
    if (slot !== undefined) slots.set(slot, file);
  }
  return slots;
}

/** The hash that the script has, and the numbers after it. */
function triedBy({ device, inode }: FileKey): number[] {
  const hash = BigInt.asUintN(64, inode * 0x5851f42d4c957f2dn + BigInt(device) * 0x61c8864680b583ebn) >> 48n;
  return Array.from({ length: TRIES }, (_, i) => (Number(hash) + i) % SLOTS || 1);
}
