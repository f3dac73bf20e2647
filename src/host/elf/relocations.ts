import { type ElfFile, fileOffset, Machine, readAddress } from './elf-file.js';
import { readWord } from './header.js';
import { SegmentType } from './segments.js';

/** Elf64_Rela of the kind "load bias + addend": where, and the link-time address to be put there. */
export interface RelativeRelocation {
  readonly address: number;
  readonly addend: number;
}

const DT_RELA = 7;
const DT_RELASZ = 8;
const ENTRY = 24;
const MOST_DYNAMIC_ENTRIES = 1024;
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
  for (const { offset, bytes } of elf.view.chunks(table.offset, table.offset + table.size, ENTRY - 1)) {
    const phase = (ENTRY - ((offset - table.offset) % ENTRY)) % ENTRY;
    for (let at = phase; at + ENTRY <= bytes.length; at += ENTRY) {
      if (bytes.readUInt32LE(at + 8) !== relative) continue;
      yield { address: readWord(bytes, at, true), addend: readWord(bytes, at + 16, true) };
    }
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

/** Through the dynamic segment, which is there without section headers too. */
function relocationTable(elf: ElfFile): { readonly offset: number; readonly size: number } | null {
  const dynamic = elf.segments.find((segment) => segment.type === SegmentType.dynamic);
  if (dynamic === undefined || !elf.is64) return null;
  const count = Math.min(MOST_DYNAMIC_ENTRIES, Math.floor(dynamic.fileSize / 16));
  const bytes = elf.view.read(dynamic.offset, count * 16);
  if (bytes === null) return null;
  const entry = (tag: number) => {
    for (let at = 0; at < bytes.length; at += 16)
      if (readWord(bytes, at, true) === tag) return readWord(bytes, at + 8, true);
    return null;
  };
  const [address, size] = [entry(DT_RELA), entry(DT_RELASZ)];
  if (address === null || size === null || size > LONGEST_TABLE) return null;
  const offset = fileOffset(elf, address);
  return offset === null ? null : { offset, size };
}
