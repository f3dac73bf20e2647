import { type ElfFile, sectionNamed } from '../elf/elf-file.js';
import { first, occurrences } from '../elf/file-view.js';
import { readWord } from '../elf/header.js';
import { readPointer, relativeRelocations } from '../elf/relocations.js';
import { holds } from '../elf/segments.js';

/** How the function table is laid out; each version of Go has one (internal/abi/symtab.go, runtime/symtab.go: pcHeader). */
interface Format {
  /** The magic number's first byte; the others are ff ff ff. */
  readonly magic: number;
  /** Words of pcHeader behind its first eight bytes: nfunc, nfiles, textStart, then offsets of tables. */
  readonly names: number | null;
  readonly functions: number | null;
  readonly textStart: number | null;
  /** Whether an entry is an offset from textStart in 32 bits, or an address in a word. */
  readonly hasOffsets: boolean;
  /** Length of a function's struct (runtime2.go: _func) behind its entry, in words of 32 bits; funcID is in the last. */
  readonly structWords: number;
}

const FORMATS: readonly Format[] = [
  { magic: 0xfb, names: null, functions: null, textStart: null, hasOffsets: false, structWords: 8 },
  { magic: 0xfa, names: 2, functions: 6, textStart: null, hasOffsets: false, structWords: 9 },
  { magic: 0xf0, names: 3, functions: 7, textStart: 2, hasOffsets: true, structWords: 9 },
  { magic: 0xf1, names: 3, functions: 7, textStart: 2, hasOffsets: true, structWords: 10 },
];

/** The table of functions (pclntab) of an executable: where its parts are, as offsets in the file. */
export interface PcHeader {
  readonly hasOffsets: boolean;
  readonly structWords: number;
  /** Link-time address that offsets of functions count from; 0 where entries are addresses. */
  readonly textStart: number;
  readonly functionCount: number;
  /** Names, each ended by a zero byte. */
  readonly names: number;
  /** Sorted pairs of entry and where the function's struct lies, relative to `structs`; one more entry ends the last. */
  readonly functions: number;
  readonly structs: number;
  /** No part reaches beyond this. */
  readonly end: number;
}

const SECTIONS = ['.gopclntab', '.data.rel.ro.gopclntab'];
const MOST_FUNCTIONS = 4_000_000;
const LONGEST_SEARCH = 512 * 1024 * 1024;

/** Places that look like the table, and like a pointer to it, before it is given up. Each costs a search. */
const MOST_CANDIDATES = 16;
const MOST_POINTERS = 8;

/** moduledata.text: behind pcHeader, six slices, findfunctab, minpc and maxpc, in all versions since Go 1.16. */
const MODULE_TEXT_WORD = 22;

/** Null where there is none, or none that is sound. */
export function findPcHeader(elf: ElfFile): PcHeader | null {
  for (const { address, offset, end } of first(MOST_CANDIDATES, candidates(elf))) {
    const header = parse(elf, address, offset, end);
    if (header !== null) return header;
  }
  return null;
}

interface Place {
  readonly address: number;
  readonly offset: number;
  readonly end: number;
}

/** In its own section; an external linker may have merged it into others, so else anywhere in what is loaded. */
function* candidates(elf: ElfFile): Generator<Place> {
  for (const name of SECTIONS) {
    const section = sectionNamed(elf, name);
    if (section === null) continue;
    yield { address: section.address, offset: section.offset, end: section.offset + section.size };
  }
  const wordSize = elf.is64 ? 8 : 4;
  for (const segment of elf.segments.filter((one) => one.isLoad)) {
    const end = segment.offset + Math.min(segment.fileSize, LONGEST_SEARCH);
    for (const quantum of [1, 4]) {
      const needle = Buffer.from([0xff, 0xff, 0xff, 0, 0, quantum, wordSize]);
      for (const at of occurrences(elf.view, segment.offset, end, needle)) {
        const offset = at - 1;
        const address = segment.address + (offset - segment.offset);
        if (address % wordSize === 0) yield { address, offset, end };
      }
    }
  }
}

function parse(elf: ElfFile, address: number, offset: number, end: number): PcHeader | null {
  const wordSize = elf.is64 ? 8 : 4;
  const head = elf.view.read(offset, 8 + 8 * wordSize);
  if (head === null || head.readUInt32LE(4) >>> 24 !== wordSize || head.readUInt16LE(4) !== 0) return null;
  if (head.readUInt32LE(0) >>> 8 !== 0xffffff) return null;
  const format = FORMATS.find((one) => one.magic === head.readUInt8(0));
  if (format === undefined) return null;
  const word = (index: number) => readWord(head, 8 + index * wordSize, elf.is64);
  // Before Go 1.16 there was one table: the functions follow the count, and all else is relative to its start.
  const functions = offset + (format.functions === null ? 8 + wordSize : word(format.functions));
  const structs = format.functions === null ? offset : functions;
  const names = offset + (format.names === null ? 0 : word(format.names));
  const functionCount = word(0);
  const entrySize = format.hasOffsets ? 4 : wordSize;
  if (functionCount === 0 || functionCount > MOST_FUNCTIONS || names >= end) return null;
  if (functions + (2 * functionCount + 1) * entrySize > end) return null;
  const textStart = format.textStart === null ? 0 : findTextStart(elf, address, 8 + format.textStart * wordSize);
  if (textStart === null) return null;
  const { hasOffsets, structWords } = format;
  return { hasOffsets, structWords, textStart, functionCount, names, functions, structs, end };
}

/** In the header up to Go 1.25; since then it is 0 there, and in moduledata alone. */
function findTextStart(elf: ElfFile, header: number, at: number): number | null {
  const stored = readPointer(elf, header + at);
  return stored === null || stored !== 0 ? stored : textOfModule(elf, header);
}

/** moduledata begins with the address of the pcHeader: whatever does, and has code where moduledata.text is, is one. */
function textOfModule(elf: ElfFile, header: number): number | null {
  const wordSize = elf.is64 ? 8 : 4;
  for (const address of first(MOST_POINTERS, pointersTo(elf, header))) {
    const text = readPointer(elf, address + MODULE_TEXT_WORD * wordSize);
    if (text !== null && isCode(elf, text)) return text;
  }
  return null;
}

function* pointersTo(elf: ElfFile, address: number): Generator<number> {
  const wordSize = elf.is64 ? 8 : 4;
  const needle = Buffer.alloc(wordSize);
  needle.writeUIntLE(address, 0, Math.min(6, wordSize));
  for (const segment of elf.segments.filter((one) => one.isLoad && one.isWritable)) {
    const end = segment.offset + Math.min(segment.fileSize, LONGEST_SEARCH);
    for (const at of occurrences(elf.view, segment.offset, end, needle)) {
      const found = segment.address + (at - segment.offset);
      if (found % wordSize === 0) yield found;
    }
  }
  for (const relocation of relativeRelocations(elf)) if (relocation.addend === address) yield relocation.address;
}

/** Whether an address lies in an executable segment of the file. */
function isCode(elf: ElfFile, address: number): boolean {
  return elf.segments.some((one) => one.isLoad && one.isExecutable && holds(one, address));
}
