import { MappingTable } from '../host/mapping-table.js';
import type { Mapping } from '../host/mappings.js';
import { pageSizeBytes } from '../host/page-size.js';
import { chunksOf } from '../host/proc-lines.js';
import { readVisible } from '../host/system-error.js';
import { AddressRanges } from '../model/address-ranges.js';
import { KEPT_MAPPINGS } from '../model/mappings.js';
import type { FileKey } from '../record/files.js';
import type { FaultRecord, MappingRecord, UnmappedRecord } from '../record/record.js';
import { FileAliases } from './file-aliases.js';
import type { FileSystems } from './file-systems.js';

/** The target's mappings are read no more of the time than one part in a hundred, whatever the reason. */
const COST_FACTOR = 100n;
/** No sooner than this where a fault is in no known mapping, or in one that its page contradicts. */
const URGENT_PAUSE_NS = 10_000_000n;
/** How long a mapping is trusted where no page confirms it. */
const TRUSTED_NS = 1_000_000_000n;

/** Of a long reading so much at once, and then a pause for everything else. */
const SLICE_NS = 3_000_000n;
const BETWEEN_SLICES_MS = 5;

/** The half of the addresses that is the kernel's, on every 64-bit architecture. */
const KERNEL_HALF = 1n << 63n;

export interface MappingSource {
  readonly nowNs: () => bigint;
  /** The text of /proc/PID/maps in pieces, null where it may not be looked at. */
  readonly maps: () => Iterator<string> | null;
  readonly fileSystems: FileSystems;
}

export function mappingSource(pid: number, fileSystems: FileSystems, nowNs: () => bigint): MappingSource {
  return { nowNs, maps: () => chunksOf(`/proc/${pid}/maps`), fileSystems };
}

interface Reading {
  readonly chunks: Iterator<string>;
  readonly table: MappingTable;
  readonly beganNs: bigint;
  costNs: bigint;
}

/**
 * Tells in which mapping of the target a fault was, as long as it has not been told yet. The page that the kernel says a
 * fault read proves a mapping right or wrong; without it a mapping is trusted for a second.
 */
export class MappingWatch {
  readonly #source: MappingSource;
  readonly #pageBytes = BigInt(pageSizeBytes());
  readonly #aliases: FileAliases;
  /** What the model knows by now: told the same, they know the same. */
  readonly #told = new AddressRanges<Mapping>(KEPT_MAPPINGS);
  #table = new MappingTable();
  #tableBeganNs: bigint | null = null;
  #reading: Reading | null = null;
  #timer: NodeJS.Timeout | undefined;
  #nextReadNs = 0n;
  #isSlow = false;

  constructor(source: MappingSource) {
    this.#source = source;
    this.#aliases = new FileAliases(source.fileSystems);
  }

  /** When the reading in use began; null before the first one. Only what was mapped then and still is can be told. */
  get readNs(): bigint | null {
    return this.#tableBeganNs;
  }

  /**
   * What is to be said before this fault: its mapping, or that what was told of its address is not so any more. Null where
   * that was said before.
   */
  before(fault: Pick<FaultRecord, 'address' | 'atNs' | 'page'>): MappingRecord | UnmappedRecord | null {
    const { address, page, atNs } = fault;
    if (address === 0n || address >= KERNEL_HALF) return null;
    let mapping = this.#place(fault, this.#isSlow && this.#isYoungerThan(TRUSTED_NS));
    const isOld = page === null && !this.#isYoungerThan(TRUSTED_NS);
    if ((mapping === null || isOld) && this.refresh()) mapping = this.#place(fault, true);
    if (mapping === null) return this.#takenBack(address, atNs);
    if (isSame(mapping, this.#told.find(address))) return null;
    this.#told.set(mapping.start, mapping.end, mapping);
    return { kind: 'mapping', atNs, ...mapping };
  }

  /** A fault that cannot be placed proves what was told of its address wrong. */
  #takenBack(address: bigint, atNs: bigint): UnmappedRecord | null {
    const range = this.#told.rangeAt(address);
    if (range === null) return null;
    const { start, end } = range;
    this.#told.clear(start, end);
    return { kind: 'unmapped', atNs, start, end };
  }

  /** The mapping that an address is in as far as is known. */
  at(address: bigint): Mapping | null {
    return this.#table.at(address);
  }

  /** A mapping of a file by its page cache's name; null where none is known. */
  ofFile(file: FileKey): Mapping | null {
    return (
      this.#table.ofFile(file) ??
      this.#aliases.of(file).reduce<Mapping | null>((found, alias) => found ?? this.#table.ofFile(alias), null)
    );
  }

  /**
   * Reads anew, unless that was done just now or took too long. True where it is done; a long reading goes on for a while,
   * and the old one is good until it is done.
   */
  refresh(): boolean {
    if (this.#reading !== null || this.#source.nowNs() < this.#nextReadNs) return false;
    const chunks = readVisible(this.#source.maps);
    if (chunks === null) return false;
    this.#reading = { chunks, table: new MappingTable(), beganNs: this.#source.nowNs(), costNs: 0n };
    return this.#readOn(this.#reading);
  }

  /** Whether what is known of the mappings was so less than this ago. */
  #isYoungerThan(ageNs: bigint): boolean {
    return this.#tableBeganNs !== null && this.#source.nowNs() - this.#tableBeganNs < ageNs;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#reading?.chunks.return?.();
    this.#reading = null;
    this.#nextReadNs = KERNEL_HALF;
  }

  /** The mapping of a fault, unless its page proves that it is another one by now. `fresh`: read after the fault, or nearly. */
  #place({ address, page }: Pick<FaultRecord, 'address' | 'page'>, fresh: boolean): Mapping | null {
    const mapping = this.#table.at(address);
    if (mapping === null || page === null) return mapping;
    if ((mapping.offset + address - mapping.start) / this.#pageBytes !== page.index) return null;
    if (mapping.device === page.device && mapping.inode === page.inode) return mapping;
    return this.#aliases.agree(mapping, page, fresh) ? mapping : null;
  }

  #readOn(reading: Reading): boolean {
    const fromNs = this.#source.nowNs();
    let isDone = false;
    while (!isDone && this.#source.nowNs() - fromNs < SLICE_NS) {
      const next = readVisible(() => reading.chunks.next());
      if (next === null || next.done === true) isDone = true;
      else reading.table.add(next.value);
    }
    const endNs = this.#source.nowNs();
    reading.costNs += endNs - fromNs;
    if (!isDone) {
      this.#timer = setTimeout(() => this.#readOn(reading), BETWEEN_SLICES_MS).unref();
      return false;
    }
    this.#reading = null;
    this.#isSlow = reading.costNs > SLICE_NS;
    // What a process had mapped at its end names its last faults.
    if (!reading.table.isEmpty) this.#table = reading.table;
    this.#tableBeganNs = reading.beganNs;
    const pauseNs = reading.costNs * COST_FACTOR;
    this.#nextReadNs = endNs + (pauseNs > URGENT_PAUSE_NS ? pauseNs : URGENT_PAUSE_NS);
    return true;
  }
}

function isSame(a: Mapping, b: Mapping | null): boolean {
  if (b === null || a.start !== b.start || a.end !== b.end || a.of !== b.of) return false;
  return a.path === b.path && a.offset === b.offset && a.device === b.device && a.inode === b.inode;
}
