import { readAuxiliaryVector } from './auxiliary-vector.js';
import { parsePageSize } from './page-size.js';

/**
 * True where a process runs a program of 32 bits; false for any other, and where it may not be looked at. The kernel hands the page
 * size to every program (create_elf_tables(), fs/binfmt_elf.c), and to these in words of 32 bits, where it is not found. The file
 * could say it too, but the server that it lies on may not answer.
 */
export function runs32Bits(pid: number, vector = readAuxiliaryVector(pid)): boolean {
  return vector !== null && vector.length > 0 && parsePageSize(vector) === null;
}
