import { type Mapping, mappingOf, readMappings } from '../host/mappings.js';
import { AddressRanges } from '../model/address-ranges.js';
import { KEPT_MAPPINGS } from '../model/mappings.js';
import type { FaultRecord, MappingRecord } from '../record/record.js';

/** The target's mappings are read again no sooner than this, and no more of the time than one part in a hundred. */
const PAUSE_NS = 1_000_000_000n;
const COST_FACTOR = 100n;

/** The half of the addresses that is the kernel's, on every 64-bit architecture. */
const KERNEL_HALF = 1n << 63n;

/** Tells in which mapping of the target a fault was, as long as it has not been told yet. */
export class MappingWatch {
  readonly #read: () => readonly Mapping[];
  readonly #nowNs: () => bigint;
  /** What the model knows by now: told the same, they know the same. */
  readonly #told = new AddressRanges<Mapping>(KEPT_MAPPINGS);
  #mappings: readonly Mapping[] = [];
  #nextReadNs: bigint | null = null;

  constructor(pid: number, nowNs: () => bigint, read = () => readMappings(`/proc/${pid}/maps`)) {
    this.#read = read;
    this.#nowNs = nowNs;
  }

  /**
   * What is to be said before this fault; null where that was said before, and where its mapping cannot be told: it came
   * into being since the latest reading, or has gone by now. A reading is trusted for a second: by then, a mapping may
   * be another one.
   */
  before({ address, atNs }: Pick<FaultRecord, 'address' | 'atNs'>): MappingRecord | null {
    if (address === 0n || address >= KERNEL_HALF) return null;
    this.#refresh();
    const mapping = mappingOf(this.#mappings, address);
    if (mapping === null || isSame(mapping, this.#told.find(address))) return null;
    this.#told.set(mapping.start, mapping.end, mapping);
    return { kind: 'mapping', atNs, ...mapping };
  }

  #refresh(): void {
    const beganNs = this.#nowNs();
    if (this.#nextReadNs !== null && beganNs < this.#nextReadNs) return;
    this.#mappings = this.#read();
    const endNs = this.#nowNs();
    const costNs = (endNs - beganNs) * COST_FACTOR;
    this.#nextReadNs = endNs + (costNs > PAUSE_NS ? costNs : PAUSE_NS);
  }
}

function isSame(a: Mapping, b: Mapping | null): boolean {
  if (b === null || a.start !== b.start || a.end !== b.end) return false;
  return a.of === b.of && a.path === b.path && a.offset === b.offset;
}
