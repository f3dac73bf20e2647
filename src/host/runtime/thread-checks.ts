import type { GoLayout } from '../go/types.js';
import { type Goroutine, GoStatus } from './allgs.js';
import { type GoThread, MAX_THREADS } from './allm.js';
import { readPointers, readSlice } from './go-slice.js';
import { allpAddress, MAX_PROCS } from './gomaxprocs.js';
import type { LoadedGo } from './loaded-go.js';
import { isMostly } from './mostly.js';
import type { ProcessMemory } from './process-memory.js';
import { threadsByOwnNumber } from './thread-numbers.js';

/** What is wrong with threads read with these offsets; null where nothing is. */
export function doubtOfThreads(
  go: LoadedGo,
  layout: GoLayout,
  threads: readonly GoThread[],
  goroutines: readonly Goroutine[],
): string | null {
  const { memory } = go;
  const mOf = (g: bigint): bigint | null => memory.word(g + BigInt(layout.g.m));
  if (!isMostly(threads, ({ g0, address }) => mOf(g0) === address)) return 'its threads have no stack of their own';
  const links = threads.map((thread) => linkOf(thread, layout, memory));
  if (!isMostly(links, (link) => link !== 'broken')) return 'its threads run goroutines that do not know of it';
  // Offsets of fields that are always 0 break no link either: where goroutines run, some thread must say so.
  const run = goroutines.filter(({ status }) => status === GoStatus.running || status === GoStatus.syscall);
  if (run.length > 0 && !links.includes('whole')) return 'its threads do not know of the goroutines that they run';
  const tids = threadsByOwnNumber(go.pid);
  if (!isMostly(threads, ({ procid }) => procid === 0n || tids.has(procid))) {
    return 'its threads have numbers that the kernel does not know';
  }
  // runtime.m0 is the main thread, and the oldest: last in the list.
  const isWhole = threads.length < MAX_THREADS;
  if (isWhole && !threads.some(({ procid }) => tids.get(procid) === go.pid))
    return 'its main thread is none of its threads';
  const ps = processors(go);
  if (ps === null) return null;
  if (!isMostly(threads, ({ p }) => p === 0n || ps.has(p))) return 'its threads hold a P that is none';
  const isRunning = run.some(({ status }) => status === GoStatus.running);
  return isRunning && threads.every(({ p }) => p === 0n) ? 'its threads run goroutines without a P' : null;
}

/**
 * Whether a thread and the goroutine that it runs know of each other; `none` where it runs none. One that changes them
 * every microsecond is hardly ever seen in between, and so has more than one chance.
 */
function linkOf({ address }: GoThread, layout: GoLayout, memory: ProcessMemory): 'whole' | 'none' | 'broken' {
  for (let attempt = 0; attempt < 8; attempt++) {
    const curg = memory.word(address + BigInt(layout.m.curg));
    if (curg === 0n) return 'none';
    if (curg !== null && memory.word(curg + BigInt(layout.g.m)) === address) return 'whole';
  }
  return 'broken';
}

/** Addresses of all p; null where they were not found. */
function processors({ memory, binary, bias }: LoadedGo): ReadonlySet<bigint> | null {
  const allp = allpAddress(memory, binary, bias);
  const slice = allp === null ? null : readSlice(memory, allp, MAX_PROCS);
  const pointers = slice === null ? null : readPointers(memory, slice, slice.length);
  return pointers === null ? null : new Set(pointers);
}
