import { DynamicTag, dynamicValues } from './dynamic.js';
import { type ElfFile, fileOffset, Machine, readAddress } from './elf-file.js';
import { entries } from './file-view.js';
import { readWord } from './header.js';

/** Elf64_Rela of the kind "load bias + addend": where, and the link-time address to be put there. */
export interface RelativeRelocation {
  readonly address: number;
  readonly addend: number;
}

const ENTRY = 24;
const LONGEST_TABLE = 512 * 1024 * 1024;

/** R_X86_64_RELATIVE and R_AARCH64_RELATIVE, of the processors' ABI supplements. */
const RELATIVE: Readonly<Record<number, number>> = { [Machine.x86_64]: 8, [Machine.aarch64]: 1027 };

/**
 * The relative relocations of a 64-bit file, one by one: in a position-independent executable the pointers in its data
 * are here, while the data itself may hold zeros.
 */
export function* relativeRelocations(elf: ElfFile): Generator<RelativeRelocation> {
  const table = relocationTable(elf);
  const relative = RELATIVE[elf.machine];
  if (table === null || relative === undefined) return;
  for (const entry of entries(elf.view, table.offset, table.offset + table.size, ENTRY)) {
    if (entry.readUInt32LE(8) !== relative) continue;
    yield { address: readWord(entry, 0, true), addend: readWord(entry, 16, true) };
  }
}

/**
 * A pointer in the program's data as it will be with load bias 0: what the file holds there, or what a relocation will
 * put there. Null where the file has no such place.
 */
export function readPointer(elf: ElfFile, address: number): number | null {
  const bytes = readAddress(elf, address, elf.is64 ? 8 : 4);
  if (bytes === null) return null;
  const stored = readWord(bytes, 0, elf.is64);
  if (stored !== 0) return stored;
  for (const relocation of relativeRelocations(elf)) if (relocation.address === address) return relocation.addend;
  return 0;
}

function relocationTable(elf: ElfFile): { readonly offset: number; readonly size: number } | null {
  const dynamic = dynamicValues(elf);
  const [address, size] = [dynamic.get(DynamicTag.rela), dynamic.get(DynamicTag.relaSize)];
  if (address === undefined || size === undefined || size > LONGEST_TABLE) return null;
  const offset = fileOffset(elf, address);
  return offset === null ? null : { offset, size };
}
