import type { GoLayout } from '../go/types.js';
import type { ProcessMemory } from './process-memory.js';

/** What a runtime.m, a thread of Go's, says (runtime/runtime2.go), as far as it is read. Pointers are 0 for nil. */
export interface GoThread {
  readonly address: bigint;
  readonly g0: bigint;
  readonly curg: bigint;
  readonly p: bigint;
  /** The kernel's number of it; 0 for one that has not started or is set aside. */
  readonly procid: bigint;
  /** Pointer to the closure that it runs first; its first word is the code's address. */
  readonly mstartfn: bigint;
}

/** Threads read at most; the list is linked, a system call each. New ones come first. */
export const MAX_THREADS = 2000;

/** Walks the list runtime.allm, whose head is at `address`; null where that is not readable or no list of m. */
export function readThreads(memory: ProcessMemory, address: bigint, layout: GoLayout['m']): readonly GoThread[] | null {
  const { g0, curg, p, procid, mstartfn, alllink } = layout;
  const bytes = Buffer.alloc(Math.max(g0, curg, p, procid, mstartfn, alllink) + 8);
  const threads: GoThread[] = [];
  const seen = new Set<bigint>();
  let next = memory.word(address);
  while (next !== null && next !== 0n && threads.length < MAX_THREADS) {
    // A list that runs in a circle is none.
    if (seen.has(next) || !memory.read(next, bytes)) return null;
    seen.add(next);
    const field = (offset: number): bigint => bytes.readBigUInt64LE(offset);
    threads.push({
      address: next,
      g0: field(g0),
      curg: field(curg),
      p: field(p),
      procid: field(procid),
      mstartfn: field(mstartfn),
    });
    next = field(alllink);
  }
  return threads.length === 0 ? null : threads;
}
