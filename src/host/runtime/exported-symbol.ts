import { closeSync, openSync, readSync } from 'node:fs';
import { errnoOf } from '../../errors.js';

/**
 * The link-time address of a symbol that a 64-bit ELF file exports, found through its hash table DT_GNU_HASH as ld.so
 * does it (elf/dl-lookup.c of glibc): a dozen small reads, however large the file. Null where it has none, or is no such file.
 */
export function exportedSymbol(path: string, name: string): bigint | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    return new DynamicSymbols(fd).find(name);
  } catch (error) {
    // What is no file, is cut short or says nonsense exports nothing.
    if (error instanceof RangeError || errnoOf(error) !== null) return null;
    throw error;
  } finally {
    closeSync(fd);
  }
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_STRTAB = 5n;
const DT_SYMTAB = 6n;
const DT_GNU_HASH = 0x6fff_fef5n;
/** More than any file has; a chain in a broken one might never end. */
const MAX_CHAIN = 10_000;

interface Segment {
  readonly type: number;
  readonly offset: bigint;
  readonly address: bigint;
  readonly fileSize: bigint;
}

/** Every read that leads outside the file or outside what is mapped throws RangeError. */
class DynamicSymbols {
  readonly #fd: number;
  readonly #segments: readonly Segment[];

  constructor(fd: number) {
    this.#fd = fd;
    const header = this.#read(0n, 64);
    // ELFCLASS64, ELFDATA2LSB.
    if (header.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') throw new RangeError('no ELF file of 64 bits');
    const count = header.readUInt16LE(56);
    const table = this.#read(header.readBigUInt64LE(32), count * 56);
    this.#segments = Array.from({ length: count }, (_, i) => segmentAt(table, i * 56));
  }

  find(name: string): bigint | null {
    const dynamic = this.#dynamic();
    const [hash, symbols, strings] = [DT_GNU_HASH, DT_SYMTAB, DT_STRTAB].map((tag) => dynamic.get(tag));
    if (hash === undefined || symbols === undefined || strings === undefined) return null;
    const head = this.#at(hash, 16);
    const buckets = head.readUInt32LE(0);
    const firstHashed = head.readUInt32LE(4);
    const bucketsAt = hash + 16n + BigInt(head.readUInt32LE(8)) * 8n;
    const chainsAt = bucketsAt + BigInt(buckets) * 4n;
    if (buckets === 0) return null;
    const wanted = gnuHash(name);
    let index = this.#at(bucketsAt + BigInt(wanted % buckets) * 4n, 4).readUInt32LE(0);
    for (let steps = 0; index >= firstHashed && steps < MAX_CHAIN; steps++, index++) {
      const entry = this.#at(chainsAt + BigInt(index - firstHashed) * 4n, 4).readUInt32LE(0);
      // The lowest bit of an entry marks the end of its chain.
      if ((entry | 1) === (wanted | 1)) {
        const symbol = this.#at(symbols + BigInt(index) * 24n, 24);
        const found = this.#at(strings + BigInt(symbol.readUInt32LE(0)), name.length + 1).toString('latin1');
        if (found === `${name}\0`) return symbol.readBigUInt64LE(8);
      }
      if ((entry & 1) === 1) return null;
    }
    return null;
  }

  #dynamic(): ReadonlyMap<bigint, bigint> {
    const segment = this.#segments.find(({ type }) => type === PT_DYNAMIC);
    if (segment === undefined) return new Map();
    const bytes = this.#read(segment.offset, Math.min(Number(segment.fileSize), 64 * 1024));
    const entries = Array.from({ length: Math.floor(bytes.length / 16) }, (_, i): [bigint, bigint] => [
      bytes.readBigUInt64LE(i * 16),
      bytes.readBigUInt64LE(i * 16 + 8),
    ]);
    return new Map(entries);
  }

  /** Bytes at a link-time address. */
  #at(address: bigint, length: number): Buffer {
    const inFile = this.#segments.find(
      (one) => one.type === PT_LOAD && address >= one.address && address < one.address + one.fileSize,
    );
    if (inFile === undefined) throw new RangeError('an address outside the file');
    return this.#read(address - inFile.address + inFile.offset, length);
  }

  #read(offset: bigint, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    if (offset > BigInt(Number.MAX_SAFE_INTEGER) || readSync(this.#fd, bytes, 0, length, offset) !== length) {
      throw new RangeError('the file is cut short');
    }
    return bytes;
  }
}

function segmentAt(table: Buffer, at: number): Segment {
  return {
    type: table.readUInt32LE(at),
    offset: table.readBigUInt64LE(at + 8),
    address: table.readBigUInt64LE(at + 16),
    fileSize: table.readBigUInt64LE(at + 32),
  };
}

/** dl_new_hash(): h * 33 + c over the bytes, in 32 bits. */
function gnuHash(name: string): number {
  let hash = 5381;
  for (const byte of Buffer.from(name, 'latin1')) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}
