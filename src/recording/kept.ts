import type { FaultscopeRecord } from '../record/record.js';
import { KeptThreads } from './kept-threads.js';
import { recordKey } from './record-key.js';

type Kind = FaultscopeRecord['kind'];

/**
 * What a model may be made to keep, in bytes as they are estimated here: several times what a session of ten thousand busy
 * threads takes.
 */
const MOST_BYTES = 128 * 2 ** 20;

/** Beside strings and lists: an object or two, a key, their places in maps; some of it again in a snapshot. */
const ENTRY_BYTES = 400;
const STRING_BYTES = 64;
const ELEMENT_BYTES = 48;

/**
 * Where it is more. All cells of levels are summed up at each tick, and many more than real ones would take forever; a cell
 * of I/O may be the first of a device, and a histogram.
 */
const BYTES_OF: { readonly [K in Kind]?: number } = { level: 4096, 'io-cell': 2048 };

/** Kinds of which the model keeps the latest record of each key, and how many keys; those that came first go first. */
const MOST_KEYS: { readonly [K in Kind]?: number } = {
  level: Number.POSITIVE_INFINITY,
  'goroutine-faults': Number.POSITIVE_INFINITY,
  function: Number.POSITIVE_INFINITY,
  mapping: 65_536,
  file: 65_536,
  'file-faults': 65_536,
  residency: 65_536,
  'residency-gap': 65_536,
  actor: 8192,
  evictions: 2 ** 17,
  fill: 2 ** 17,
  'fault-cause': 2 ** 17,
  device: Number.POSITIVE_INFINITY,
  'io-cell': Number.POSITIVE_INFINITY,
  stack: Number.POSITIVE_INFINITY,
  symbol: Number.POSITIVE_INFINITY,
  wake: Number.POSITIVE_INFINITY,
  'waker-name': Number.POSITIVE_INFINITY,
  'wake-chain': Number.POSITIVE_INFINITY,
};

/** No session is drawn more often than this on the average: time that passes costs memory by the moment. */
const SHORTEST_INTERVAL_NS = 20_000_000n;
const MOMENTS_TO_BEGIN_WITH = 1000n;

/**
 * Estimates what the model keeps of a session, so that no file, however small, can fill the memory of who looks at it: of
 * threads, cells, names and stacks that do not exist there can be any number.
 */
export class Kept {
  readonly #threads = new KeptThreads();
  readonly #rows = new Map<Kind, Map<string, number>>();
  #rowBytes = 0;
  #moments = 0n;
  #firstNs: bigint | null = null;
  #latestNs = 0n;

  /** False where it is too much. */
  add(record: FaultscopeRecord): boolean {
    this.#threads.add(record);
    const most = MOST_KEYS[record.kind];
    if (most !== undefined) this.#addRow(record, most);
    if (record.kind === 'fault' && record.goroutine !== null) this.#addStart(record.goroutine.startPc);
    if (record.kind === 'tick' && !this.#isInTime(record.atNs)) return false;
    return this.#rowBytes + this.#threads.bytes <= MOST_BYTES;
  }

  #addRow(record: FaultscopeRecord, most: number): void {
    this.#keep(record.kind, recordKey(record), bytesOf(record), most);
  }

  /** Single faults name functions that need not be counted anywhere. */
  #addStart(startPc: bigint): void {
    this.#keep('fault', String(startPc), ENTRY_BYTES, Number.POSITIVE_INFINITY);
  }

  #keep(kind: Kind, key: string, bytes: number, most: number): void {
    const rows = this.#rows.get(kind) ?? new Map<string, number>();
    this.#rows.set(kind, rows);
    this.#rowBytes += bytes - (rows.get(key) ?? 0);
    rows.delete(key);
    rows.set(key, bytes);
    if (rows.size <= most) return;
    const [oldest] = rows;
    if (oldest === undefined) return;
    rows.delete(oldest[0]);
    this.#rowBytes -= oldest[1];
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
  for (const value of Object.values(record)) {
    if (typeof value === 'string') bytes += STRING_BYTES + 2 * value.length;
    else if (Array.isArray(value)) bytes += ELEMENT_BYTES * value.length;
  }
  return bytes;
}
