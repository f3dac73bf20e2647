import type { ElfFile } from './elf-file.js';
import { entries } from './file-view.js';
import { readWord } from './header.js';
import { SegmentType } from './segments.js';

/** d_tag, elf(5) and, for the hash table, the ABI of GNU. */
export const DynamicTag = { strings: 5, symbols: 6, rela: 7, relaSize: 8, gnuHash: 0x6fff_fef5 } as const;

const ENTRY = 16;
const LONGEST = 64 * 1024;

/**
 * Tag -> value of the dynamic section of a 64-bit file, the first of each tag; read through its segment, which is there
 * without section headers too. Empty where there is none.
 */
export function dynamicValues(elf: ElfFile): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  const segment = elf.segments.find(({ type }) => type === SegmentType.dynamic);
  if (segment === undefined || !elf.is64) return values;
  const end = segment.offset + Math.min(segment.fileSize, LONGEST);
  for (const entry of entries(elf.view, segment.offset, end, ENTRY)) {
    const tag = readWord(entry, 0, true);
    if (!values.has(tag)) values.set(tag, readWord(entry, 8, true));
  }
  return values;
}
