import type { ElfFile } from '../elf/elf-file.js';
import { TABLE } from './layout-table.js';
import type { GoLayout } from './types.js';

/** The offsets for a 64-bit executable; null where neither its DWARF nor the table knows its version. */
export function findLayout(_elf: ElfFile, version: string): GoLayout | null {
  const minor = /\bgo1\.(\d+)/.exec(version)?.[1];
  return minor === undefined ? null : (TABLE.get(Number(minor)) ?? null);
}
