import { DynamicTag, dynamicValues } from './dynamic.js';
import { type ElfFile, openElf, readAddress } from './elf-file.js';

/**
 * The link-time address of a symbol that a 64-bit ELF file exports, found through its hash table DT_GNU_HASH as ld.so
 * does it (elf/dl-lookup.c of glibc): a dozen small reads, however large the file. Null where it has none, or is no such file.
 */
export function exportedSymbol(path: string, name: string): bigint | null {
  const elf = openElf(path);
  if (elf === null) return null;
  try {
    return elf.is64 ? find(elf, name) : null;
  } catch (error) {
    // What is cut short, or says nonsense, exports nothing.
    if (error instanceof RangeError) return null;
    throw error;
  } finally {
    elf.view.close();
  }
}

/** More than any file has; a chain in a broken one might never end. */
const MAX_CHAIN = 10_000;

function find(elf: ElfFile, name: string): bigint | null {
  const dynamic = dynamicValues(elf);
  const { gnuHash: hashTag, symbols: symbolsTag, strings: stringsTag } = DynamicTag;
  const [hash, symbols, strings] = [hashTag, symbolsTag, stringsTag].map((tag) => dynamic.get(tag));
  if (hash === undefined || symbols === undefined || strings === undefined) return null;
  const head = at(elf, hash, 16);
  const [buckets, firstHashed] = [head.readUInt32LE(0), head.readUInt32LE(4)];
  if (buckets === 0) return null;
  const bucketsAt = hash + 16 + head.readUInt32LE(8) * 8;
  const chainsAt = bucketsAt + buckets * 4;
  const wanted = gnuHash(name);
  let index = at(elf, bucketsAt + (wanted % buckets) * 4, 4).readUInt32LE(0);
  for (let steps = 0; index >= firstHashed && steps < MAX_CHAIN; steps++, index++) {
    const entry = at(elf, chainsAt + (index - firstHashed) * 4, 4).readUInt32LE(0);
    // The lowest bit of an entry marks the end of its chain.
    if ((entry | 1) === (wanted | 1)) {
      const symbol = at(elf, symbols + index * 24, 24);
      const found = at(elf, strings + symbol.readUInt32LE(0), name.length + 1).toString('latin1');
      if (found === `${name}\0`) return symbol.readBigUInt64LE(8);
    }
    if ((entry & 1) === 1) return null;
  }
  return null;
}

/** Throws RangeError where the file does not hold these bytes. */
function at(elf: ElfFile, address: number, length: number): Buffer {
  const bytes = readAddress(elf, address, length);
  if (bytes === null) throw new RangeError('an address outside the file');
  return bytes;
}

/** dl_new_hash(): h * 33 + c over the bytes, in 32 bits. */
function gnuHash(name: string): number {
  let hash = 5381;
  for (const byte of Buffer.from(name, 'latin1')) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}
