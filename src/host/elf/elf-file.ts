import { FileView } from './file-view.js';
import { parseHeader } from './header.js';
import { parseSections, type Section } from './sections.js';
import { holds, parseSegments, type Segment } from './segments.js';

/** e_machine, elf(5). */
export const Machine = { x86_64: 62, aarch64: 183 } as const;

/**
 * An opened little-endian ELF file, of 32 or 64 bits. Addresses are link-time and plain numbers: a file with one above
 * 2^53 is refused.
 */
export interface ElfFile {
  readonly view: FileView;
  readonly is64: boolean;
  /** e_machine. */
  readonly machine: number;
  /** ET_DYN: the kernel chooses where it lies. */
  readonly isDynamic: boolean;
  readonly segments: readonly Segment[];
  /** Empty where the section headers were stripped. */
  readonly sections: readonly Section[];
}

/** Null where the file is no such ELF file, or is corrupt. */
export function openElf(path: string): ElfFile | null {
  const view = FileView.open(path);
  if (view === null) return null;
  const elf = parse(view);
  if (elf === null) view.close();
  return elf;
}

function parse(view: FileView): ElfFile | null {
  const header = parseHeader(view);
  if (header === null) return null;
  const segments = parseSegments(view, header);
  if (segments === null) return null;
  const { is64, machine, isDynamic } = header;
  return { view, is64, machine, isDynamic, segments, sections: parseSections(view, header) };
}

/** The first section of that name. */
export function sectionNamed(elf: ElfFile, name: string): Section | null {
  return elf.sections.find((section) => section.name === name) ?? null;
}

/** Where an address of the running program lies in the file; null where it does not: in .bss, or in no segment. */
export function fileOffset(elf: ElfFile, address: number): number | null {
  const segment = elf.segments.find((one) => one.isLoad && holds(one, address));
  return segment === undefined ? null : segment.offset + (address - segment.address);
}

/** Bytes by the address that they are loaded at; null where the file does not hold all of them. */
export function readAddress(elf: ElfFile, address: number, length: number): Buffer | null {
  const offset = fileOffset(elf, address);
  return offset === null ? null : elf.view.read(offset, length);
}
