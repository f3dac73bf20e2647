import type { GoLayout } from '../go/types.js';
import { readPointers, readSlice } from './go-slice.js';
import type { ProcessMemory } from './process-memory.js';

/** What a runtime.g says (runtime/runtime2.go), as far as it is read. */
export interface Goroutine {
  readonly address: bigint;
  readonly m: bigint;
  readonly goid: bigint;
  /** g.atomicstatus without the bit _Gscan, which the garbage collector sets for a moment. */
  readonly status: number;
  readonly startPc: bigint;
}

export interface GoroutineReading {
  /** Length of runtime.allgs: all goroutines there ever were at once, dead ones included. */
  readonly all: number;
  /** Evenly chosen out of them, all where there are at most as many as asked for. */
  readonly goroutines: readonly Goroutine[];
}

/** g.atomicstatus (runtime/runtime2.go). */
export const GoStatus = { runnable: 1, running: 2, syscall: 3, waiting: 4, copystack: 8, preempted: 9 } as const;

const SCAN_BIT = 0x1000;

/** More goroutines than any program has; a slice that is longer is none of goroutines. */
const MAX_GOROUTINES = 50_000_000;

/** Neighbours are read together where little lies between: a g has some 400 bytes, and they fill whole pages. */
const MAX_GAP = 4096n;
const window = Buffer.alloc(64 * 1024);

/**
 * Reads at most `most` of the goroutines in runtime.allgs at `address` while the program runs. Null where it is not
 * readable. One system call reads some 150 goroutines: 10,000 take a few milliseconds.
 */
export function readGoroutines(
  memory: ProcessMemory,
  address: bigint,
  layout: GoLayout['g'],
  most: number,
): GoroutineReading | null {
  const slice = readSlice(memory, address, MAX_GOROUTINES);
  const pointers = slice === null ? null : readPointers(memory, slice, slice.length);
  if (slice === null || pointers === null) return null;
  // Sorted, neighbours in memory are neighbours here.
  const chosen = chooseEvenly(pointers, most).sort();
  return { all: slice.length, goroutines: readAll(memory, chosen, layout) };
}

/** The first, which is the main goroutine, is always among them. */
function chooseEvenly(pointers: BigUint64Array, most: number): BigUint64Array {
  if (pointers.length <= most) return pointers;
  const step = pointers.length / most;
  return BigUint64Array.from({ length: most }, (_, i) => pointers[Math.floor(i * step)] ?? 0n);
}

function readAll(memory: ProcessMemory, sorted: BigUint64Array, layout: GoLayout['g']): Goroutine[] {
  const size = BigInt(Math.max(layout.m, layout.goid, layout.startpc) + 8);
  const goroutines: Goroutine[] = [];
  for (let from = 0; from < sorted.length; ) {
    const start = sorted[from] ?? 0n;
    let end = start + size;
    let to = from + 1;
    for (; to < sorted.length; to++) {
      const next = sorted[to] ?? 0n;
      if (next > end + MAX_GAP || next + size - start > BigInt(window.length)) break;
      end = next + size;
    }
    const length = memory.readSome(start, window.subarray(0, Number(end - start)));
    for (const address of sorted.subarray(from, to)) {
      const at = Number(address - start);
      if (at + Number(size) <= length) goroutines.push(goroutineAt(address, at, layout));
    }
    from = to;
  }
  return goroutines;
}

function goroutineAt(address: bigint, at: number, layout: GoLayout['g']): Goroutine {
  return {
    address,
    m: window.readBigUInt64LE(at + layout.m),
    goid: window.readBigUInt64LE(at + layout.goid),
    status: window.readUInt32LE(at + layout.atomicstatus) & ~SCAN_BIT,
    startPc: window.readBigUInt64LE(at + layout.startpc),
  };
}
