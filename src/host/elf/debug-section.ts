import { inflateSync } from 'node:zlib';
import { type ElfFile, sectionNamed } from './elf-file.js';
import { readWord } from './header.js';
import type { Section } from './sections.js';

/** Debugging information longer than this is left alone: reading it would cost more than it is worth. */
const LONGEST = 128 * 1024 * 1024;

const ELFCOMPRESS_ZLIB = 1;
const GNU_HEADER = 12;

/**
 * The bytes of a debug section, `.debug_info` by the name "info": plain, compressed as elf(5) has it (SHF_COMPRESSED), or
 * in the older way of `.zdebug_info`, "ZLIB" and the size in front. Null where it is not there, broken or too long.
 */
export function debugSection(elf: ElfFile, name: string): Buffer | null {
  const section = sectionNamed(elf, `.debug_${name}`);
  if (section !== null) return section.isCompressed ? compressed(elf, section) : contents(elf, section);
  const old = sectionNamed(elf, `.zdebug_${name}`);
  const bytes = old === null ? null : contents(elf, old);
  if (bytes === null || bytes.length < GNU_HEADER || bytes.toString('latin1', 0, 4) !== 'ZLIB') return null;
  return inflate(bytes.subarray(GNU_HEADER), Number(bytes.readBigUInt64BE(4)));
}

function contents(elf: ElfFile, { offset, size }: Section): Buffer | null {
  return size > LONGEST ? null : elf.view.read(offset, size);
}

/** Elf64_Chdr or Elf32_Chdr, then the stream. */
function compressed(elf: ElfFile, section: Section): Buffer | null {
  const headerSize = elf.is64 ? 24 : 12;
  const bytes = contents(elf, section);
  if (bytes === null || bytes.length < headerSize || bytes.readUInt32LE(0) !== ELFCOMPRESS_ZLIB) return null;
  return inflate(bytes.subarray(headerSize), readWord(bytes, elf.is64 ? 8 : 4, elf.is64));
}

function inflate(stream: Buffer, size: number): Buffer | null {
  if (size === 0 || size > LONGEST) return null;
  try {
    return inflateSync(stream, { maxOutputLength: size });
  } catch {
    return null;
  }
}
