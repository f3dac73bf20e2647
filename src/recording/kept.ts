import { KEPT_FILES } from '../model/file-counts.js';
import { MAX_FUNCTIONS } from '../model/goroutines.js';
import { MOST_CELLS } from '../model/increase.js';
import { KNOWN_FILES } from '../model/known-files.js';
import { KEPT_MAPPINGS } from '../model/mappings.js';
import { MOST_ACTORS } from '../model/page-cache/actors.js';
import { MAX_ADDRESSES } from '../model/stack-frames.js';
import { MOST_WAKER_NAMES } from '../model/wakers.js';
import type { FaultscopeRecord } from '../record/record.js';
import { KeptStacks } from './kept-stacks.js';
import { KeptThreads } from './kept-threads.js';
import { recordKey } from './record-key.js';

type Kind = FaultscopeRecord['kind'];

/**
 * What a model may be made to keep, in bytes as they are estimated here. Twelve simulated hours of a thousand threads with all
 * sets (scripts/soak) stay below it.
 */
const MOST_BYTES = 192 * 2 ** 20;

/** Beside strings: an object or two, a key, their places in maps; some of it again in a snapshot. */
const ENTRY_BYTES = 400;
const STRING_BYTES = 64;

/**
 * Where it is another figure. All cells of levels are summed up at each tick, and many more than real ones would take
 * forever; a cell of I/O may be the first of a device, and a histogram; of start functions a snapshot and a summary have a
 * row each. The others take what was measured, their strings not counted: real sessions of many hours have many.
 */
const BYTES_OF: { readonly [K in Kind]?: number } = {
  level: 4096,
  'io-cell': 2048,
  'goroutine-faults': 800,
  fill: 600,
  'file-faults': 600,
  'fault-cause': 300,
  symbol: 130,
  function: 150,
  wake: 250,
  'wake-chain': 280,
};

/** The name of a function that a single fault's goroutine began with. */
const START_BYTES = 160;

/**
 * Kinds of which the model keeps something by key, and of how many keys at most. Those that came first go first here; whichever
 * go in the model, no more are kept. Infinite where it has no bound, because no kernel tells of that many.
 */
const MOST_KEYS: { readonly [K in Kind]?: number } = {
  level: Number.POSITIVE_INFINITY,
  'goroutine-faults': Number.POSITIVE_INFINITY,
  function: MAX_FUNCTIONS,
  mapping: KEPT_MAPPINGS,
  file: KNOWN_FILES,
  'file-faults': KEPT_FILES,
  residency: KNOWN_FILES,
  'residency-gap': KNOWN_FILES,
  actor: MOST_ACTORS,
  evictions: MOST_CELLS,
  fill: MOST_CELLS,
  'fault-cause': MOST_CELLS,
  device: Number.POSITIVE_INFINITY,
  'io-cell': Number.POSITIVE_INFINITY,
  symbol: MAX_ADDRESSES,
  wake: MOST_CELLS,
  'waker-name': MOST_WAKER_NAMES,
  'wake-chain': MOST_CELLS,
};

/** No session is drawn more often than this on the average: time that passes costs memory by the moment. */
const SHORTEST_INTERVAL_NS = 20_000_000n;
const MOMENTS_TO_BEGIN_WITH = 1000n;

/**
 * Estimates what the model keeps of a session, so that no file, however small, can fill the memory of who looks at it: of
 * threads, cells, names and stacks that do not exist there can be any number.
 */
export class Kept {
  readonly #threads: KeptThreads;
  readonly #stacks = new KeptStacks();
  readonly #rows = new Map<Kind, Map<string, number>>();
  #rowBytes = 0;
  #moments = 0n;
  #firstNs: bigint | null = null;
  #latestNs = 0n;

  /** `sessionNs`: the time of the session record. */
  constructor(sessionNs: bigint) {
    this.#threads = new KeptThreads(sessionNs);
  }

  /** False where it is too much. */
  add(record: FaultscopeRecord): boolean {
    this.#threads.add(record);
    this.#stacks.add(record);
    if (record.kind === 'probe' && record.set === 'wakers' && record.state === 'running') this.#forgetWakes();
    const most = MOST_KEYS[record.kind];
    if (most !== undefined) this.#addRow(record, most);
    if (record.kind === 'fault' && record.goroutine !== null) this.#addStart(record.goroutine.startPc);
    if (record.kind === 'tick' && !this.#isInTime(record.atNs)) return false;
    return this.#rowBytes + this.#threads.bytes + this.#stacks.bytes <= MOST_BYTES;
  }

  #addRow(record: FaultscopeRecord, most: number): void {
    this.#keep(record.kind, recordKey(record), bytesOf(record), most);
  }

  /** The script begins anew: of its cells the model keeps the few with most time. */
  #forgetWakes(): void {
    for (const kind of ['wake', 'wake-chain'] as const) {
      for (const bytes of this.#rows.get(kind)?.values() ?? []) this.#rowBytes -= bytes;
      this.#rows.delete(kind);
    }
  }

  /** Single faults name functions that need not be counted anywhere. */
  #addStart(startPc: bigint): void {
    this.#keep('fault', String(startPc), START_BYTES, MAX_FUNCTIONS);
  }

  #keep(kind: Kind, key: string, bytes: number, most: number): void {
    const rows = this.#rows.get(kind) ?? new Map<string, number>();
    this.#rows.set(kind, rows);
    this.#rowBytes += bytes - (rows.get(key) ?? 0);
    rows.delete(key);
    rows.set(key, bytes);
    if (rows.size > most + (most >> 3)) this.#forgetOldest(rows, most);
  }

  /** Many at once: each look for the oldest one walks past all that were deleted before it. */
  #forgetOldest(rows: Map<string, number>, most: number): void {
    for (const [key, bytes] of rows) {
      if (rows.size <= most) return;
      rows.delete(key);
      this.#rowBytes -= bytes;
    }
  }

  #isInTime(atNs: bigint): boolean {
    this.#moments += 1n;
    this.#firstNs ??= atNs;
    if (atNs > this.#latestNs) this.#latestNs = atNs;
    const needed = (this.#moments - MOMENTS_TO_BEGIN_WITH) * SHORTEST_INTERVAL_NS;
    return this.#latestNs - this.#firstNs >= needed;
  }
}

function bytesOf(record: FaultscopeRecord): number {
  let bytes = BYTES_OF[record.kind] ?? ENTRY_BYTES;
  for (const [name, value] of Object.entries(record)) {
    if (typeof value === 'string' && name !== 'kind') bytes += STRING_BYTES + 2 * value.length;
  }
  return bytes;
}
