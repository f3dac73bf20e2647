import type { ProcessMemory } from './process-memory.js';

/** The header of a Go slice (reflect.SliceHeader): 64-bit programs only. */
export interface GoSlice {
  readonly data: bigint;
  readonly length: number;
}

/**
 * Reads a slice's header at `address`. The program may append to it meanwhile, which writes its three words one after the
 * other: it is read until two readings agree. Null where it is not readable or no slice of at most `most` elements.
 */
export function readSlice(memory: ProcessMemory, address: bigint, most: number): GoSlice | null {
  for (let attempt = 0; attempt < 4; attempt++) {
    const first = readHeader(memory, address);
    const second = readHeader(memory, address);
    if (first === null || second === null) return null;
    if (first.equals(second)) return sliceOf(first, most);
  }
  return null;
}

/** The first `count` elements of a slice of pointers, at most 8 MB of them; null where they are not readable. */
export function readPointers(memory: ProcessMemory, { data }: GoSlice, count: number): BigUint64Array | null {
  const bytes = Buffer.alloc(Math.min(count, 1 << 20) * 8);
  if (!memory.read(data, bytes)) return null;
  return new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
}

function readHeader(memory: ProcessMemory, address: bigint): Buffer | null {
  const header = Buffer.alloc(24);
  return memory.read(address, header) ? header : null;
}

function sliceOf(header: Buffer, most: number): GoSlice | null {
  const data = header.readBigUInt64LE(0);
  const length = header.readBigUInt64LE(8);
  const capacity = header.readBigUInt64LE(16);
  if (data === 0n || length === 0n || length > capacity || length > BigInt(most)) return null;
  return { data, length: Number(length) };
}
