import type { ProbeSet } from '../../record/record.js';
import { recordKey } from '../record-key.js';
import { type CumulativeRecord, setOf } from './marks.js';

/** What of one kind is remembered beside threads: more than the kernel maps behind it hold. */
const MOST_CELLS = 2 ** 17;

/** Something for each cumulative cell. Cells of a thread are found, and forgotten, with it. */
export class Cells<Value> {
  /** By kind, then {@link ownerOf}, then key. */
  readonly #kinds = new Map<CumulativeRecord['kind'], Map<string, Map<string, Value>>>();

  get(record: CumulativeRecord): Value | undefined {
    return this.#kinds.get(record.kind)?.get(ownerOf(record))?.get(recordKey(record));
  }

  set(record: CumulativeRecord, value: Value): void {
    const owner = ownerOf(record);
    const cells = this.#of(record.kind, owner);
    const key = recordKey(record);
    // Those of a thread end with it; of the others the one told longest ago goes.
    if (owner === NOBODY) cells.delete(key);
    cells.set(key, value);
    const [oldest] = cells.size > MOST_CELLS ? cells.keys() : [];
    if (oldest !== undefined) cells.delete(oldest);
  }

  *values(): Generator<Value> {
    for (const owners of this.#kinds.values()) for (const cells of owners.values()) yield* cells.values();
  }

  /** The set counts from nought. */
  forgetSet(set: ProbeSet): void {
    for (const kind of this.#kinds.keys()) if (setOf(kind) === set) this.#kinds.delete(kind);
  }

  /** `owner` as {@link ownerOf} has it. */
  forgetThread(owner: string): void {
    for (const owners of this.#kinds.values()) owners.delete(owner);
  }

  /** Forgets the cells of one kind for which `is` holds. */
  forget(kind: CumulativeRecord['kind'], is: (value: Value) => boolean): void {
    for (const cells of this.#kinds.get(kind)?.values() ?? []) {
      for (const [key, value] of cells) if (is(value)) cells.delete(key);
    }
  }

  #of(kind: CumulativeRecord['kind'], owner: string): Map<string, Value> {
    const owners = this.#kinds.get(kind) ?? new Map<string, Map<string, Value>>();
    this.#kinds.set(kind, owners);
    const cells = owners.get(owner) ?? new Map<string, Value>();
    owners.set(owner, cells);
    return cells;
  }
}

const NOBODY = '';

/** "TID.GENERATION" of the thread that a cell ends with; empty where it is of none, and for stacks, which may be told much later. */
function ownerOf(record: CumulativeRecord): string {
  return 'tid' in record && record.kind !== 'stack' ? `${record.tid}.${record.generation}` : NOBODY;
}
