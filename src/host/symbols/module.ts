import { type ElfFile, openElf } from '../elf/elf-file.js';
import type { Section } from '../elf/sections.js';
import { FunctionTable } from '../go/function-table.js';
import { findPcHeader } from '../go/pc-header.js';
import { buildId } from './build-id.js';
import { type FileFunction, functionsAt } from './elf-functions.js';
import type { Slices } from './slices.js';

/** sh_type, elf(5). */
const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;

/** The ELF file at an absolute path, in one root or another. */
type OpenElf = (path: string) => ElfFile | null;

interface Symbols {
  readonly elf: ElfFile;
  readonly table: Section;
}

/** A file that code comes from: which function an address in it belongs to. */
export class Module {
  readonly #elf: ElfFile;
  /** Where it was stripped: its symbols, as a package of debugging symbols has them. */
  readonly #debug: ElfFile | null;
  readonly #symbols: readonly Symbols[];
  #go: FunctionTable | null | undefined;

  private constructor(elf: ElfFile, debug: ElfFile | null) {
    this.#elf = elf;
    this.#debug = debug;
    const tables = [tableOf(elf, SHT_SYMTAB), debug && tableOf(debug, SHT_SYMTAB), tableOf(elf, SHT_DYNSYM)];
    this.#symbols = tables.filter((one) => one !== null);
  }

  /**
   * Null where it is no ELF file, or cannot be read. `debugRoots` open files below usr/lib/debug, which are looked for where
   * a file has no symbol table of its own.
   */
  static open(path: string, debugRoots: readonly OpenElf[]): Module | null {
    const elf = openElf(path);
    if (elf === null) return null;
    const id = tableOf(elf, SHT_SYMTAB) === null ? buildId(elf) : null;
    return new Module(elf, id === null ? null : openDebug(id, debugRoots));
  }

  /** The link-time address of a byte of the file, as objdump and addr2line have it; null where it is not loaded. */
  addressOf(fileOffset: number): number | null {
    const segments = this.#elf.segments.filter(
      ({ isLoad, offset, fileSize }) => isLoad && fileOffset >= offset && fileOffset < offset + fileSize,
    );
    // Where segments share a page of the file, code is in the executable one.
    const segment = segments.find(({ isExecutable }) => isExecutable) ?? segments[0];
    return segment === undefined ? null : segment.address + (fileOffset - segment.offset);
  }

  /** By link-time address; what is in no known function is missing. */
  async functionsAt(addresses: readonly number[], slices: Slices): Promise<ReadonlyMap<number, FileFunction>> {
    const found = new Map<number, FileFunction>();
    for (const { elf, table } of this.#symbols) {
      const left = addresses.filter((address) => !found.has(address));
      for (const [address, one] of await functionsAt(elf, table, left, slices)) found.set(address, one);
    }
    for (const address of addresses) {
      const one = found.has(address) ? null : this.#inGo(address);
      if (one !== null) found.set(address, one);
    }
    return found;
  }

  close(): void {
    this.#elf.view.close();
    this.#debug?.view.close();
  }

  /** Go keeps a table of functions in every program, for its own tracebacks. */
  #inGo(address: number): FileFunction | null {
    if (this.#go === undefined) {
      const isGo = this.#elf.sections.some(({ name }) => GO_SECTIONS.has(name));
      const header = isGo ? findPcHeader(this.#elf) : null;
      this.#go = header === null ? null : new FunctionTable(this.#elf, header);
    }
    const found = this.#go?.find(address) ?? null;
    return found === null ? null : { name: found.name, start: found.entry };
  }
}

const GO_SECTIONS = new Set(['.gopclntab', '.data.rel.ro.gopclntab', '.go.buildinfo']);

function tableOf(elf: ElfFile, type: number): Symbols | null {
  const table = elf.sections.find((section) => section.type === type && section.size > 0);
  return table === undefined ? null : { elf, table };
}

function openDebug(id: string, roots: readonly OpenElf[]): ElfFile | null {
  for (const open of roots) {
    const elf = open(`/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`);
    if (elf === null) continue;
    // Another build of the same file would tell wrong names.
    if (buildId(elf) === id) return elf;
    elf.view.close();
  }
  return null;
}
