import type { FileKey } from '../record/files.js';
import { fileMark, type Mapping, parseChunks } from './mappings.js';

interface Piece {
  readonly start: bigint;
  /** Whole lines. */
  readonly text: string;
}

/**
 * The mappings of a process, kept as the text that the kernel gave, a page of lines a piece: a hundred thousand of them are
 * never parsed, only the lines that are asked about.
 */
export class MappingTable {
  readonly #pieces: Piece[] = [];
  readonly #parsed = new Map<Piece, readonly Mapping[]>();
  #rest = '';

  /** Nothing was read: the process has ended, or is a thread of the kernel's. */
  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Text as it comes, in order of address. */
  add(chunk: string): void {
    const end = chunk.lastIndexOf('\n') + 1;
    const text = this.#rest + chunk.slice(0, end);
    this.#rest = end === 0 ? this.#rest + chunk : chunk.slice(end);
    const [, start] = FIRST_ADDRESS.exec(text) ?? [];
    if (end > 0 && start !== undefined) this.#pieces.push({ start: BigInt(`0x${start}`), text });
  }

  /** The mapping that holds an address; null where there is none. */
  at(address: bigint): Mapping | null {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle]?.start ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    const piece = this.#pieces[low - 1];
    if (piece === undefined) return null;
    return this.#linesOf(piece).find(({ start, end }) => start <= address && address < end) ?? null;
  }

  /** The first mapping of a file, as /proc/PID/maps names files; null where there is none. */
  ofFile(file: FileKey): Mapping | null {
    const mark = fileMark(file);
    for (const { text } of this.#pieces) {
      for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
        const line = text.slice(text.lastIndexOf('\n', at) + 1, text.indexOf('\n', at) + 1);
        const [mapping] = parseChunks([line]);
        // A path may look like it.
        if (mapping?.device === file.device && mapping.inode === file.inode) return mapping;
      }
    }
    return null;
  }

  #linesOf(piece: Piece): readonly Mapping[] {
    const known = this.#parsed.get(piece);
    if (known !== undefined) return known;
    const mappings = parseChunks([piece.text]);
    this.#parsed.set(piece, mappings);
    return mappings;
  }
}

/** The address that a piece begins with. */
const FIRST_ADDRESS = /^([0-9a-f]{1,16})-/;
