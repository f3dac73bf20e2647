import type { ElfFile } from '../elf/elf-file.js';
import { occurrences } from '../elf/file-view.js';
import { readWord } from '../elf/header.js';
import type { PcHeader } from './pc-header.js';

/** One function of the table. `end` is where the next begins: padding counts as the function's. */
export interface TableFunction {
  readonly index: number;
  readonly name: string;
  readonly entry: number;
  readonly end: number;
  /** runtime.funcID: 0 for an ordinary function; wrappers that the compiler made have another. */
  readonly kind: number;
  /** Whether calls were inlined into it (FUNCDATA_InlTree). */
  readonly hasInlined: boolean;
}

const LONGEST_NAME = 4096;
const MOST_NAMESAKES = 16;
const FUNCDATA_INLINE_TREE = 3;
const NO_FUNCDATA = 0xffffffff;

/** Every function of the executable (runtime/symtab.go: findfunc), read from the file as it is asked for. */
export class FunctionTable {
  readonly #elf: ElfFile;
  readonly #header: PcHeader;
  readonly #wordSize: number;
  #nameOffsets: Int32Array | null = null;

  constructor(elf: ElfFile, header: PcHeader) {
    this.#elf = elf;
    this.#header = header;
    this.#wordSize = elf.is64 ? 8 : 4;
  }

  /** The function that an address lies in. */
  find(address: number): TableFunction | null {
    let [low, high] = [0, this.#header.functionCount];
    if (!this.#isAtOrAbove(address, 0) || this.#isAtOrAbove(address, high)) return null;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#isAtOrAbove(address, middle)) low = middle;
      else high = middle;
    }
    return this.#function(low);
  }

  /** All functions of that name: two where an assembly function has a wrapper for Go's calling convention. */
  named(name: string): readonly TableFunction[] {
    const { names, end } = this.#header;
    const needle = Buffer.from(`\0${name}\0`);
    for (const at of occurrences(this.#elf.view, names, end, needle)) return this.#withName(at + 1 - names);
    return [];
  }

  #withName(nameOffset: number): readonly TableFunction[] {
    this.#nameOffsets ??= this.#readNameOffsets();
    const offsets = this.#nameOffsets;
    const found: TableFunction[] = [];
    let index = offsets.indexOf(nameOffset);
    for (; index !== -1 && found.length < MOST_NAMESAKES; index = offsets.indexOf(nameOffset, index + 1)) {
      const one = this.#function(index);
      if (one !== null) found.push(one);
    }
    return found;
  }

  #readNameOffsets(): Int32Array {
    return Int32Array.from(
      { length: this.#header.functionCount },
      (_, index) => this.#struct(index, 1, 4)?.readInt32LE(0) ?? -1,
    );
  }

  #isAtOrAbove(address: number, index: number): boolean {
    const entry = this.#entry(index);
    return entry !== null && address >= entry;
  }

  #entry(index: number): number | null {
    const word = this.#functionWord(2 * index);
    return word === null ? null : this.#header.textStart + word;
  }

  #functionWord(index: number): number | null {
    const size = this.#header.hasOffsets ? 4 : this.#wordSize;
    const bytes = this.#elf.view.read(this.#header.functions + index * size, size);
    return bytes === null ? null : readWord(bytes, 0, size === 8);
  }

  /** Bytes of a function's struct (runtime2.go: _func), from that many 32-bit words behind its entry on. */
  #struct(index: number, word: number, length: number): Buffer | null {
    const start = this.#functionWord(2 * index + 1);
    if (start === null) return null;
    const afterEntry = this.#header.hasOffsets ? 4 : this.#wordSize;
    return this.#elf.view.read(this.#header.structs + start + afterEntry + (word - 1) * 4, length);
  }

  #function(index: number): TableFunction | null {
    const [entry, end] = [this.#entry(index), this.#entry(index + 1)];
    // nameoff, args, deferreturn, pcsp, pcfile, pcln, npcdata, cuOffset, startLine, and four bytes: not all in all versions.
    const words = this.#header.structWords;
    const struct = this.#struct(index, 1, words * 4);
    if (entry === null || end === null || end < entry || struct === null) return null;
    const name = this.#name(struct.readInt32LE(0));
    if (name === null) return null;
    const kind = struct.readUInt8(words * 4 - 4);
    return { index, name, entry, end, kind, hasInlined: this.#hasInlined(index, words, struct) };
  }

  /** Behind the struct stand npcdata and then nfuncdata words; as pointers, before Go 1.18, they are not looked at. */
  #hasInlined(index: number, words: number, struct: Buffer): boolean {
    if (!this.#header.hasOffsets || struct.readUInt8(words * 4 - 1) <= FUNCDATA_INLINE_TREE) return false;
    const word = words + 1 + struct.readUInt32LE(24) + FUNCDATA_INLINE_TREE;
    const tree = this.#struct(index, word, 4);
    return tree !== null && tree.readUInt32LE(0) !== NO_FUNCDATA;
  }

  #name(offset: number): string | null {
    const { names, end } = this.#header;
    const start = names + offset;
    if (offset < 0 || start >= end) return null;
    const bytes = this.#elf.view.read(start, Math.min(LONGEST_NAME, end - start));
    const length = bytes === null ? -1 : bytes.indexOf(0);
    return bytes === null || length === -1 ? null : bytes.toString('utf8', 0, length);
  }
}
