import { MAX_ADDRESSES } from '../model/stack-frames.js';
import { MAX_STACKS } from '../model/stack-ledger.js';
import type { FaultscopeRecord } from '../record/record.js';
import type { StackRecord } from '../record/stacks.js';
import { recordKey } from './record-key.js';

/**
 * About what the model and this keep, in bytes: of a cell of the script's, of a row beside its frames, of a frame, of an
 * address that is in any number of stacks.
 */
const CELL_BYTES = 200;
const ROW_BYTES = 400;
const FRAME_BYTES = 16;
const ADDRESS_BYTES = 80;

/** Rows of faults and of waits. */
const MOST_ROWS = 2 * MAX_STACKS;

/** Of the target and of the kernel. */
const MOST_ADDRESSES = 2 * MAX_ADDRESSES;

/**
 * How much memory the stacks of a session take in the model. A script that begins anew gives its cells back there; the rows
 * that they were counted in stay, up to a bound.
 */
export class KeptStacks {
  /** Of the script that runs, by cell: what a row of its own would take. */
  readonly #cells = new Map<string, number>();
  /** What rows take that scripts before it may have left. */
  #rows: number[] = [];
  #rowBytes = 0;
  /** The model forgets those of the target and of the kernel at different times: here it is never fewer again. */
  readonly #addresses = new Set<bigint>();
  #mostAddresses = 0;

  get bytes(): number {
    return this.#cells.size * CELL_BYTES + this.#rowBytes + this.#mostAddresses * ADDRESS_BYTES;
  }

  add(record: FaultscopeRecord): void {
    if (record.kind === 'stack') this.#addStack(record);
    else if (record.kind === 'probe' && record.set === 'stacks' && record.state === 'running') this.#beginAnew();
  }

  #addStack(record: StackRecord): void {
    const { user, kernel } = record;
    const bytes = ROW_BYTES + FRAME_BYTES * (user.length + kernel.length);
    const key = recordKey(record);
    const before = this.#cells.get(key) ?? 0;
    if (bytes <= before) return;
    this.#cells.set(key, bytes);
    this.#rowBytes += bytes - before;
    for (const address of user) this.#addAddress(address);
    for (const address of kernel) this.#addAddress(address);
  }

  #addAddress(address: bigint): void {
    if (this.#addresses.size >= MOST_ADDRESSES) this.#addresses.clear();
    this.#addresses.add(address);
    this.#mostAddresses = Math.max(this.#mostAddresses, this.#addresses.size);
  }

  /** Whichever rows the model drops, those that stay take no more than the largest. */
  #beginAnew(): void {
    for (const bytes of this.#cells.values()) this.#rows.push(bytes);
    this.#cells.clear();
    // Sorted once for many more, however often a script begins anew.
    if (this.#rows.length < MOST_ROWS + MAX_STACKS) return;
    this.#rows.sort((a, b) => b - a);
    for (const bytes of this.#rows.splice(MOST_ROWS)) this.#rowBytes -= bytes;
  }
}
