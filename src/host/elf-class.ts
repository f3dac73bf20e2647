import { closeSync, openSync, readSync } from 'node:fs';

/** ELFCLASS32 in e_ident[EI_CLASS] (elf.h). */
const ELF_MAGIC_32 = Buffer.from('\x7fELF\x01', 'latin1');

/** True where the file is a 32-bit program; false for any other, and where it cannot be read. */
export function isElf32(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(ELF_MAGIC_32.length);
      return readSync(file, head, 0, head.length, 0) === head.length && head.equals(ELF_MAGIC_32);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
