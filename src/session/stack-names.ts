import { Slices } from '../host/symbols/slices.js';
import type { CodeAddress, Symbolizer } from '../host/symbols/symbolizer.js';
import type { FaultscopeRecord } from '../record/record.js';
import type { StackRecord } from '../record/stacks.js';

/** Tells the names of a stack's addresses before the stack; other records pass at once. */
export class StackNames {
  readonly #symbolizer: Symbolizer;
  readonly #emit: (record: FaultscopeRecord) => void;
  readonly #nowNs: () => bigint;
  #waiting: FaultscopeRecord[] = [];
  #work: Promise<void> | null = null;
  /** By kernel stack: what of it is the thread's own doing. A stack's addresses are one array as long as it is known. */
  readonly #trimmed = new WeakMap<readonly bigint[], readonly bigint[]>();
  /** Where __schedule() was found. */
  readonly #schedule = new Set<bigint>();

  constructor(symbolizer: Symbolizer, emit: (record: FaultscopeRecord) => void, nowNs: () => bigint) {
    this.#symbolizer = symbolizer;
    this.#emit = emit;
    this.#nowNs = nowNs;
  }

  pass(record: FaultscopeRecord): void {
    if (record.kind !== 'stack' && record.kind !== 'stack-total') return this.#emit(record);
    this.#waiting.push(record);
    // All that comes in one go is named in one go.
    this.#work ??= Promise.resolve().then(() => this.#tell());
  }

  /** Resolves when everything that came has been told. */
  async settle(): Promise<void> {
    while (this.#work !== null) await this.#work;
  }

  async #tell(): Promise<void> {
    const slices = new Slices();
    while (this.#waiting.length > 0) {
      const records = this.#waiting;
      this.#waiting = [];
      const unnamed = await this.#symbolizer.unnamed(addressesOf(records));
      if (unnamed.length > 0) {
        for (const symbol of await this.#symbolizer.name(unnamed)) {
          if (symbol.name === '__schedule') this.#schedule.add(symbol.address);
          this.#emit({ kind: 'symbol', atNs: this.#nowNs(), ...symbol });
          await slices.turn();
        }
      }
      for (const record of records) {
        this.#emit(record.kind === 'stack' ? this.#trim(record) : record);
        await slices.turn();
      }
    }
    this.#work = null;
  }

  /** Frames of the tracing itself lie on top of __schedule(), where the thread gave up the CPU. */
  #trim(record: StackRecord): StackRecord {
    if (record.kernel.length === 0) return record;
    let kernel = this.#trimmed.get(record.kernel);
    if (kernel === undefined) {
      const start = record.kernel.slice(0, MOST_TRACING).findIndex((address) => this.#schedule.has(address));
      kernel = start > 0 ? record.kernel.slice(start) : record.kernel;
      this.#trimmed.set(record.kernel, kernel);
    }
    return kernel === record.kernel ? record : { ...record, kernel };
  }
}

/** Frames of tracing that a stack may begin with. */
const MOST_TRACING = 12;

function* addressesOf(records: readonly FaultscopeRecord[]): Generator<CodeAddress> {
  const seen = new Set<readonly bigint[]>();
  for (const record of records) {
    if (record.kind !== 'stack') continue;
    for (const stack of [record.user, record.kernel]) {
      if (seen.has(stack)) continue;
      seen.add(stack);
      for (const [index, address] of stack.entries()) yield { address, isReturn: index > 0 };
    }
  }
}
