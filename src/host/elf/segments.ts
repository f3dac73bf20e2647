import type { FileView } from './file-view.js';
import { type ElfHeader, readWord } from './header.js';

/** A program header, elf(5). */
export interface Segment {
  readonly type: number;
  readonly isLoad: boolean;
  readonly isExecutable: boolean;
  readonly isWritable: boolean;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

/** p_type, elf(5). */
export const SegmentType = { load: 1, dynamic: 2 } as const;

/** The kernel runs no program with more (load_elf_phdrs() in fs/binfmt_elf.c). */
const LONGEST_TABLE = 64 * 1024;

const PF_X = 1;
const PF_W = 2;

/** Null where they are not as elf(5) says: without them nothing in the file has an address. */
export function parseSegments(view: FileView, header: ElfHeader): readonly Segment[] | null {
  const { offset, entrySize, count } = header.segments;
  if (count === 0 || entrySize !== (header.is64 ? 56 : 32)) return null;
  const bytes = entrySize * count > LONGEST_TABLE ? null : view.read(offset, entrySize * count);
  if (bytes === null) return null;
  const segments = Array.from({ length: count }, (_, index) => parse(bytes, index * entrySize, header.is64));
  return segments.every(isSane) ? segments : null;
}

function parse(bytes: Buffer, at: number, is64: boolean): Segment {
  const type = bytes.readUInt32LE(at);
  const flags = bytes.readUInt32LE(at + (is64 ? 4 : 24));
  const word = (for64: number, for32: number) => readWord(bytes, at + (is64 ? for64 : for32), is64);
  return {
    type,
    isLoad: type === SegmentType.load,
    isExecutable: (flags & PF_X) !== 0,
    isWritable: (flags & PF_W) !== 0,
    offset: word(8, 4),
    address: word(16, 8),
    fileSize: word(32, 16),
    memorySize: word(40, 20),
  };
}

/** Whether the file has bytes for an address in this segment; in .bss it has none. */
export function holds({ address, fileSize }: Segment, wanted: number): boolean {
  return wanted >= address && wanted < address + fileSize;
}

function isSane(segment: Segment): boolean {
  return (
    Number.isSafeInteger(segment.offset + segment.fileSize) &&
    Number.isSafeInteger(segment.address + segment.memorySize)
  );
}
