import type { ElfFile } from './elf-file.js';
import { entries, first, occurrences } from './file-view.js';
import { readWord } from './header.js';
import { type Section, SYMBOL_TABLE } from './sections.js';

/** A hostile string table could hold the same name a million times. */
const MOST_SPELLINGS = 64;

/** Symbol tables and string tables longer than this are not searched. */
const LONGEST_TABLE = 512 * 1024 * 1024;

/**
 * The values of symbols by name (st_value, elf(5)), from .symtab, in one pass; what is not there is missing. Names are
 * looked for as bytes in the string table first, so that no symbol's name has to be read.
 */
export function symbolValues(elf: ElfFile, names: readonly string[]): ReadonlyMap<string, number> {
  const table = elf.sections.find((section) => section.type === SYMBOL_TABLE);
  const strings = table === undefined ? undefined : elf.sections[table.link];
  if (table === undefined || strings === undefined) return new Map();
  if (table.size > LONGEST_TABLE || strings.size > LONGEST_TABLE) return new Map();
  return valuesOf(elf, table, spellings(elf, strings, names));
}

/** Offset in the string table -> the name that stands there. A linker may let one name be the end of another. */
function spellings(elf: ElfFile, strings: Section, names: readonly string[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const name of names) {
    const end = strings.offset + strings.size;
    const places = occurrences(elf.view, strings.offset, end, Buffer.from(`${name}\0`));
    for (const at of first(MOST_SPELLINGS, places)) found.set(at - strings.offset, name);
  }
  return found;
}

function valuesOf(elf: ElfFile, table: Section, nameAt: ReadonlyMap<number, string>): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  const entrySize = elf.is64 ? 24 : 16;
  if (nameAt.size === 0) return values;
  for (const entry of entries(elf.view, table.offset, table.offset + table.size, entrySize)) {
    const name = nameAt.get(entry.readUInt32LE(0));
    if (name === undefined || values.has(name)) continue;
    values.set(name, readWord(entry, elf.is64 ? 8 : 4, elf.is64));
  }
  return values;
}
