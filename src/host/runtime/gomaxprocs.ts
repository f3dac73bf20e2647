import type { GoBinary, GoVariable } from '../go/types.js';
import { readPointers, readSlice } from './go-slice.js';
import type { ProcessMemory } from './process-memory.js';

/** More than any GOMAXPROCS in use. */
export const MAX_PROCS = 65_536;

/**
 * Where in the process GOMAXPROCS can be read as an int32: runtime.gomaxprocs, or where a stripped program has several
 * places it may be at, the length of runtime.allp, which procresize() keeps equal to it (runtime/proc.go). Null where
 * neither is certain, and before the runtime has begun.
 */
export function gomaxprocsAddress(memory: ProcessMemory, binary: GoBinary, bias: bigint): bigint | null {
  const named = binary.variable('gomaxprocs').find(({ source }) => source !== 'machine code');
  if (named !== undefined) return isPlausible(memory.int32(named.address + bias)) ? named.address + bias : null;
  const allp = allpAddress(memory, binary, bias);
  if (allp === null) return null;
  const length = allp + 8n;
  const count = memory.int32(length);
  // runtime.ncpu mostly has the same value: only a single match is the one.
  const matching = placesOf(binary, bias, 'gomaxprocs').filter((address) => memory.int32(address) === count);
  return matching.length === 1 ? (matching[0] ?? null) : length;
}

/** Where runtime.allp is: the slice whose i-th element points to a p that says its id is i. Null where that is none. */
export function allpAddress(memory: ProcessMemory, binary: GoBinary, bias: bigint): bigint | null {
  const { layout } = binary;
  if (layout === null) return null;
  const idOffset = BigInt(layout.p.id);
  return placesOf(binary, bias, 'allp').find((address) => isAllp(memory, address, idOffset)) ?? null;
}

/** Where in the process a variable may be, best first. */
export function placesOf(binary: GoBinary, bias: bigint, name: GoVariable): readonly bigint[] {
  return binary.variable(name).map(({ address }) => address + bias);
}

/** GOMAXPROCS at an address of {@link gomaxprocsAddress}; null where it cannot be read (any more). */
export function readGomaxprocs(memory: ProcessMemory, address: bigint): number | null {
  const value = memory.int32(address);
  return isPlausible(value) ? value : null;
}

function isPlausible(value: number | null): value is number {
  return value !== null && value >= 1 && value <= MAX_PROCS;
}

function isAllp(memory: ProcessMemory, address: bigint, idOffset: bigint): boolean {
  const slice = readSlice(memory, address, MAX_PROCS);
  const pointers = slice === null ? null : readPointers(memory, slice, slice.length);
  return pointers?.every((p, i) => p !== 0n && memory.int32(p + idOffset) === i) ?? false;
}
