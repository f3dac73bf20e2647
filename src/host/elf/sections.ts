import type { FileView } from './file-view.js';
import { type ElfHeader, readWord } from './header.js';

/** A section header, elf(5). */
export interface Section {
  readonly name: string;
  readonly type: number;
  /** SHF_COMPRESSED: its bytes are a header and a compressed stream. */
  readonly isCompressed: boolean;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  /** Index of the section it goes with: a symbol table's strings. */
  readonly link: number;
}

/** SHT_SYMTAB, a sh_type of elf(5). */
export const SYMBOL_TABLE = 2;

const SHF_COMPRESSED = 0x800;
const LONGEST_NAMES = 1024 * 1024;
/** Sixty thousand sections may share one long name. */
const LONGEST_NAME = 256;

/** None where they were stripped, or make no sense: a program runs without them. */
export function parseSections(view: FileView, header: ElfHeader): readonly Section[] {
  const { offset, entrySize, count } = header.sections;
  if (count === 0 || entrySize !== (header.is64 ? 64 : 40)) return [];
  const bytes = view.read(offset, entrySize * count);
  if (bytes === null || header.sectionNames >= count) return [];
  const names = parse(bytes, header.sectionNames * entrySize, header.is64, () => '');
  const strings = names.size <= LONGEST_NAMES ? view.read(names.offset, names.size) : null;
  if (strings === null) return [];
  const nameAt = (at: number) => {
    const bytes = strings.subarray(at, at + LONGEST_NAME);
    return bytes.toString('latin1', 0, Math.max(0, bytes.indexOf(0)));
  };
  return Array.from({ length: count }, (_, index) => parse(bytes, index * entrySize, header.is64, nameAt));
}

function parse(bytes: Buffer, at: number, is64: boolean, nameAt: (at: number) => string): Section {
  const word = (for64: number, for32: number) => readWord(bytes, at + (is64 ? for64 : for32), is64);
  return {
    name: nameAt(bytes.readUInt32LE(at)),
    type: bytes.readUInt32LE(at + 4),
    isCompressed: (word(8, 8) & SHF_COMPRESSED) !== 0,
    address: word(16, 12),
    offset: word(24, 16),
    size: word(32, 20),
    link: bytes.readUInt32LE(at + (is64 ? 40 : 24)),
  };
}
