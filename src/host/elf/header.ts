import type { FileView } from './file-view.js';

/** What of the ELF header is needed, elf(5). A count of 0 stands for a table that is not there. */
export interface ElfHeader {
  readonly is64: boolean;
  readonly machine: number;
  readonly isDynamic: boolean;
  /** Link-time address of its first instruction. */
  readonly entry: number;
  readonly segments: Table;
  readonly sections: Table;
  /** Index of the section with the sections' names. */
  readonly sectionNames: number;
}

/** A table of the file: where it starts, how long an entry is, how many it has. */
export interface Table {
  readonly offset: number;
  readonly entrySize: number;
  readonly count: number;
}

const MAGIC = Buffer.from('\x7fELF', 'latin1');
const LITTLE_ENDIAN = 1;
const ET_EXEC = 2;
const ET_DYN = 3;

/** Null where it is no little-endian executable or shared object. */
export function parseHeader(view: FileView): ElfHeader | null {
  const bits = elfBits(view);
  if (bits === null) return null;
  const is64 = bits === 64;
  const head = view.read(0, is64 ? 64 : 52);
  if (head === null) return null;
  const type = head.readUInt16LE(16);
  if (type !== ET_EXEC && type !== ET_DYN) return null;
  const counts = is64 ? 54 : 42;
  return {
    is64,
    machine: head.readUInt16LE(18),
    isDynamic: type === ET_DYN,
    entry: readWord(head, 24, is64),
    segments: table(readWord(head, is64 ? 32 : 28, is64), head, counts),
    sections: table(readWord(head, is64 ? 40 : 32, is64), head, counts + 4),
    sectionNames: head.readUInt16LE(counts + 8),
  };
}

/** What its first bytes (e_ident) say it is; null where it is no little-endian ELF file. */
function elfBits(view: FileView): 32 | 64 | null {
  const ident = view.read(0, 16);
  if (ident === null || !ident.subarray(0, 4).equals(MAGIC) || ident[5] !== LITTLE_ENDIAN) return null;
  if (ident[4] === 1) return 32;
  return ident[4] === 2 ? 64 : null;
}

function table(offset: number, head: Buffer, at: number): Table {
  return { offset, entrySize: head.readUInt16LE(at), count: offset === 0 ? 0 : head.readUInt16LE(at + 2) };
}

/** A word of the file's class. Above 2^53 it is inexact, and far outside of any file or program: no range check lets it by. */
export function readWord(bytes: Buffer, at: number, is64: boolean): number {
  const low = bytes.readUInt32LE(at);
  return is64 ? low + bytes.readUInt32LE(at + 4) * 2 ** 32 : low;
}
