import type { ElfFile } from '../elf/elf-file.js';
import { readWord } from '../elf/header.js';
import type { Section } from '../elf/sections.js';
import { Nearest, type Start } from './nearest.js';
import type { Slices } from './slices.js';

/** A function of a file: `start` is a link-time address. */
export interface FileFunction {
  readonly name: string;
  readonly start: number;
}

/** st_info and st_shndx, elf(5). */
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const STB_GLOBAL = 1;
const STB_WEAK = 2;
const SHN_UNDEF = 0;

/** Entries that are read at once: where the file has to come from a disk, so much is waited for. */
const PIECE = 4096;
const LONGEST_TABLE = 1024 * 1024 * 1024;
const LONGEST_NAME = 8192;

/** Symbol versions of libraries: `name@VERSION`, `name@@VERSION`. */
const VERSION = /@.*$/;

interface Symbol {
  readonly nameAt: number;
  readonly binding: number;
}

/** By address, for those that lie in a function of this symbol table (.symtab or .dynsym); what is not there is missing. */
export async function functionsAt(
  elf: ElfFile,
  table: Section,
  addresses: readonly number[],
  slices: Slices,
): Promise<ReadonlyMap<number, FileFunction>> {
  const strings = elf.sections[table.link];
  const found = new Map<number, FileFunction>();
  if (strings === undefined || addresses.length === 0 || table.size > LONGEST_TABLE) return found;
  const nearest = new Nearest<Symbol>(addresses);
  const entrySize = elf.is64 ? 24 : 16;
  const end = table.offset + table.size - (table.size % entrySize);
  for (let at = table.offset; at < end; at += PIECE * entrySize) {
    const bytes = elf.view.read(at, Math.min(PIECE * entrySize, end - at));
    if (bytes === null) break;
    offerAll(nearest, bytes, elf.is64);
    await slices.turn();
  }
  for (const { address, functions } of nearest.found()) {
    const named = functions.map((one) => ({ ...one, name: nameAt(elf, strings, one.token.nameAt) }));
    const best = named.sort(byPreference)[0];
    if (best !== undefined && best.name !== '') found.set(address, { name: best.name, start: best.start });
  }
  return found;
}

function offerAll(nearest: Nearest<Symbol>, bytes: Buffer, is64: boolean): void {
  const [entrySize, infoAt, sectionAt, valueAt, sizeAt] = is64 ? [24, 4, 6, 8, 16] : [16, 12, 14, 4, 8];
  for (let at = 0; at < bytes.length; at += entrySize) {
    const info = bytes[at + infoAt] ?? 0;
    const type = info & 15;
    if ((type !== STT_FUNC && type !== STT_GNU_IFUNC) || bytes.readUInt16LE(at + sectionAt) === SHN_UNDEF) continue;
    const start = readWord(bytes, at + valueAt, is64);
    const slot = nearest.slot(start);
    if (slot === -1) continue;
    const size = readWord(bytes, at + sizeAt, is64);
    nearest.offer(slot, start, size, { nameAt: bytes.readUInt32LE(at), binding: info >> 4 });
  }
}

type Named = Start<Symbol> & { readonly name: string };

/** Of several names of one function the one that perf takes (tools/perf/util/symbol.c: choose_best_symbol()). */
function byPreference(a: Named, b: Named): number {
  return (
    Number(b.size > 0) - Number(a.size > 0) ||
    Number(a.token.binding === STB_WEAK) - Number(b.token.binding === STB_WEAK) ||
    Number(b.token.binding === STB_GLOBAL) - Number(a.token.binding === STB_GLOBAL) ||
    underscores(a.name) - underscores(b.name) ||
    b.name.length - a.name.length
  );
}

function underscores(name: string): number {
  return /^_*/.exec(name)?.[0].length ?? 0;
}

function nameAt(elf: ElfFile, strings: Section, at: number): string {
  if (at >= strings.size) return '';
  const bytes = elf.view.read(strings.offset + at, Math.min(LONGEST_NAME, strings.size - at));
  const end = bytes?.indexOf(0) ?? -1;
  return bytes === null || end === -1 ? '' : bytes.toString('utf8', 0, end).replace(VERSION, '');
}
