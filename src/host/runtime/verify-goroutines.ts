import { readdirSync } from 'node:fs';
import type { GoBinary, GoLayout } from '../go/types.js';
import { isMissing } from '../system-error.js';
import { type Goroutine, GoStatus, readGoroutines } from './allgs.js';
import { type GoThread, readThreads } from './allm.js';
import { readPointers, readSlice } from './go-slice.js';
import { allpAddress, placesOf } from './gomaxprocs.js';
import { unknownLayout } from './kernel-go.js';
import type { ProcessMemory } from './process-memory.js';

/** A Go program, and by how much its addresses are higher than in its file. */
export interface LoadedGo {
  readonly pid: number;
  readonly binary: GoBinary;
  readonly memory: ProcessMemory;
  readonly bias: bigint;
}

/** Where goroutines and threads were found, with what speaks for it in words for the user; or why they were not. */
export type Verification =
  | { readonly verified: true; readonly allgs: bigint; readonly allm: bigint; readonly detail: string }
  | { readonly verified: false; readonly detail: string };

/** As many goroutines as are looked at; any wrong offset shows in the first few. */
const MOST = 2000;

/** The program runs on while it is read: a few of its goroutines and threads may be between two states. */
const MOSTLY = 0.95;
const ATTEMPTS = 4;

const KNOWN_STATUS: ReadonlySet<number> = new Set([
  // _Gidle, _Gdead, _Gleaked and _Gdeadextra (Go 1.26), beside those with a name.
  ...[0, 6, 10, 11],
  ...Object.values(GoStatus),
]);
const ALIVE: ReadonlySet<number> = new Set(Object.values(GoStatus));

/**
 * Holds the offsets of runtime.g and runtime.m against the running program: they are believed where nearly all of its
 * goroutines and threads then look as they must. Costs some milliseconds.
 */
export function verifyGoroutines(go: LoadedGo): Verification {
  const { layout, version } = go.binary;
  if (layout === null) return refused(unknownLayout(version));
  let latest = refused('the list of goroutines was not found in its memory');
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const verification = verifyOnce(go, layout);
    if (verification.verified) return verification;
    latest = verification;
  }
  return latest;
}

function verifyOnce(go: LoadedGo, layout: GoLayout): Verification {
  const { memory, bias, binary } = go;
  const readings = placesOf(binary, bias, 'allgs').flatMap((address) => {
    const reading = readGoroutines(memory, address, layout.g, MOST);
    return reading === null ? [] : [{ address, goroutines: reading.goroutines }];
  });
  if (readings.length === 0) return refused('the list of goroutines was not found in its memory');
  const judged = readings.map(({ address, goroutines }) => ({ address, goroutines, doubt: doubtOf(go, goroutines) }));
  const allgs = judged.find(({ doubt }) => doubt === null);
  if (allgs === undefined) return refused(judged[0]?.doubt ?? 'its goroutines make no sense');
  return verifyThreads(go, layout, allgs);
}

function verifyThreads(
  go: LoadedGo,
  layout: GoLayout,
  allgs: { readonly address: bigint; readonly goroutines: readonly Goroutine[] },
): Verification {
  const { memory, bias, binary } = go;
  let doubt = 'the list of threads was not found in its memory';
  for (const address of placesOf(binary, bias, 'allm')) {
    const threads = readThreads(memory, address, layout.m);
    if (threads === null) continue;
    const found = doubtOfThreads(go, layout, threads);
    if (found === null) {
      const detail =
        `offsets from ${layout.source}, held against ${allgs.goroutines.length} goroutines ` +
        `and ${threads.length} threads of the running program`;
      return { verified: true, allgs: allgs.address, allm: address, detail };
    }
    doubt = found;
  }
  return refused(doubt);
}

/** What is wrong with goroutines read with these offsets; null where nothing is. */
function doubtOf({ binary, bias }: LoadedGo, goroutines: readonly Goroutine[]): string | null {
  if (!isMostly(goroutines, ({ status }) => KNOWN_STATUS.has(status))) return 'its goroutines have no known status';
  const alive = goroutines.filter(({ status }) => ALIVE.has(status));
  if (alive.length === 0) return 'it has no goroutine yet';
  if (!isMostly(alive, ({ goid }) => goid > 0n && goid < MAX_GOID) || !areDistinct(alive)) {
    return 'the numbers of its goroutines are none';
  }
  // 0: a goroutine that C called into Go with (oneNewExtraM() in runtime/proc.go).
  const started = alive.filter(({ startPc }) => startPc !== 0n);
  const entries = new Map<bigint, boolean>();
  const isEntry = (pc: bigint): boolean => {
    const known = entries.get(pc) ?? beginsAt(binary, pc - bias);
    entries.set(pc, known);
    return known;
  };
  if (started.length * 2 < alive.length || !isMostly(started, ({ startPc }) => isEntry(startPc))) {
    return 'its goroutines do not begin where functions do';
  }
  const main = alive.find(({ goid }) => goid === 1n);
  const isMain = main !== undefined && binary.functionAt(main.startPc - bias)?.name === 'runtime.main';
  return isMain ? null : 'its first goroutine is not runtime.main';
}

/** Whether a function begins at `pc`; of a wrapper functionAt() says what it calls, so the byte before it is asked too. */
function beginsAt(binary: GoBinary, pc: bigint): boolean {
  const found = binary.functionAt(pc);
  return found !== null && (found.entry === pc || binary.functionAt(pc - 1n)?.entry !== found.entry);
}

/** 2^48 goroutines take years to start; what is more is a time or an address. */
const MAX_GOID = 2n ** 48n;

function areDistinct(goroutines: readonly Goroutine[]): boolean {
  return new Set(goroutines.map(({ goid }) => goid)).size >= goroutines.length * MOSTLY;
}

/** What is wrong with threads read with these offsets; null where nothing is. */
function doubtOfThreads(go: LoadedGo, layout: GoLayout, threads: readonly GoThread[]): string | null {
  const { memory } = go;
  const mOf = (g: bigint): bigint | null => memory.word(g + BigInt(layout.g.m));
  if (!isMostly(threads, ({ g0, address }) => mOf(g0) === address)) return 'its threads have no stack of their own';
  const runsIts = ({ address }: GoThread): boolean => {
    const curg = memory.word(address + BigInt(layout.m.curg));
    return curg === 0n || (curg !== null && mOf(curg) === address);
  };
  // One that changes goroutines every microsecond is hardly ever seen in between.
  const runsItsAtLast = (thread: GoThread): boolean => Array.from({ length: 8 }).some(() => runsIts(thread));
  if (!isMostly(threads, runsItsAtLast)) return 'its threads run goroutines that do not know of it';
  const tids = threadNumbers(go.pid);
  if (!isMostly(threads, ({ procid }) => procid === 0n || tids.has(procid)) || !threads.some(({ procid }) => procid)) {
    return 'its threads have numbers that the kernel does not know';
  }
  const ps = processors(go);
  if (ps !== null && !isMostly(threads, ({ p }) => p === 0n || ps.has(p))) return 'its threads hold a P that is none';
  return null;
}

/** Addresses of all p; null where they were not found. */
function processors({ memory, binary, bias }: LoadedGo): ReadonlySet<bigint> | null {
  const allp = allpAddress(memory, binary, bias);
  const slice = allp === null ? null : readSlice(memory, allp, 65_536);
  const pointers = slice === null ? null : readPointers(memory, slice, slice.length);
  return pointers === null ? null : new Set(pointers);
}

function threadNumbers(pid: number): ReadonlySet<bigint> {
  try {
    return new Set(readdirSync(`/proc/${pid}/task`).map(BigInt));
  } catch (error) {
    if (isMissing(error)) return new Set();
    throw error;
  }
}

/** One of few may be off at any time. */
function isMostly<T>(all: readonly T[], holds: (one: T) => boolean): boolean {
  return all.filter((one) => !holds(one)).length <= Math.floor(all.length * (1 - MOSTLY));
}

function refused(detail: string): Verification {
  return { verified: false, detail };
}
