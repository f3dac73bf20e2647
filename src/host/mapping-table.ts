import type { FileKey } from '../record/files.js';
import { fileMark, type Mapping, parseChunks } from './mappings.js';

interface Piece {
  readonly start: bigint;
  /** Whole lines. */
  readonly text: string;
}

interface Line {
  readonly text: string;
  readonly at: number;
}

/**
 * The mappings of a process, kept as the text that the kernel gave, a page of lines a piece: a hundred thousand of them are
 * never parsed, only the lines that are asked about.
 */
export class MappingTable {
  readonly #pieces: Piece[] = [];
  readonly #parsed = new Map<Piece, readonly Mapping[]>();
  /** Where the first line of each file is: to look through the text for each of many files would take seconds. */
  readonly #files = new Map<string, Line>();
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
    if (end === 0 || start === undefined) return;
    this.#pieces.push({ start: BigInt(`0x${start}`), text });
    this.#noteFiles(text);
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
    const line = this.#files.get(fileMark(file));
    if (line === undefined) return null;
    const { text, at } = line;
    const [mapping] = parseChunks([text.slice(at, text.indexOf('\n', at) + 1)]);
    return mapping ?? null;
  }

  #noteFiles(text: string): void {
    let mark = '';
    for (let at = 0; at < text.length; at = text.indexOf('\n', at) + 1) {
      const from = deviceAt(text, at);
      // Lines of one file often follow each other.
      if (text.startsWith(mark, from) && mark !== '') continue;
      mark = text.slice(from, text.indexOf(' ', text.indexOf(' ', from) + 1) + 1);
      if (!this.#files.has(mark)) this.#files.set(mark, { text, at });
    }
  }

  #linesOf(piece: Piece): readonly Mapping[] {
    const known = this.#parsed.get(piece);
    if (known !== undefined) return known;
    const mappings = parseChunks([piece.text]);
    this.#parsed.set(piece, mappings);
    return mappings;
  }
}

/** Where the device begins in a line, after addresses, permissions and offset. */
function deviceAt(text: string, at: number): number {
  let from = at;
  for (let field = 0; field < 3; field += 1) from = text.indexOf(' ', from) + 1;
  return from;
}

/** The address that a piece begins with. */
const FIRST_ADDRESS = /^([0-9a-f]{1,16})-/;
