import { AddressRanges } from '../../model/address-ranges.js';
import { KEPT_MAPPINGS } from '../../model/mappings.js';
import type { FaultscopeRecord, MappingRecord, ProcessRecord, TickRecord } from '../../record/record.js';
import { recordKey } from '../record-key.js';
import { Cells } from './cells.js';
import { isOfThread, LatestThreads, recordsOf, threadKey } from './latest-threads.js';
import { type CumulativeRecord, isCumulative, isState } from './marks.js';

/** What of one kind is remembered; the one told longest ago goes. */
const MOST_OF_A_KIND = 2 ** 17;

/**
 * What a session has come to so far, told in as few records as will do: a recording can begin with them at any tick. Holds what
 * lives: threads that have ended, cells that their script counts no more, and the like are forgotten.
 */
export class Latest {
  readonly #states = new Map<FaultscopeRecord['kind'], Map<string, FaultscopeRecord>>();
  readonly #mappings = new AddressRanges<MappingRecord>(KEPT_MAPPINGS);
  readonly #threads = new LatestThreads();
  readonly #cells = new Cells<CumulativeRecord>();
  /** The latest that says what the kernel had counted when the maps were read. */
  #covered: ProcessRecord | null = null;
  #tick: TickRecord | null = null;
  #epoch = 0;

  apply(record: FaultscopeRecord): void {
    if (isCumulative(record)) return this.#count(record);
    if (isOfThread(record)) {
      if (this.#threads.apply(record)) this.#cells.forgetThread(threadKey(record));
      return;
    }
    switch (record.kind) {
      case 'mapping':
        return this.#mappings.set(record.start, record.end, record);
      case 'unmapped':
        return this.#mappings.clear(record.start, record.end);
      case 'probe':
        if (record.state === 'running') this.#cells.forgetSet(record.set);
        break;
      case 'process':
        if (record.majorFaultsBefore !== null) this.#covered = record;
        break;
      case 'residency':
        this.#states.get('residency-gap')?.delete(recordKey(record));
        break;
      case 'tick':
        return this.#applyTick(record);
    }
    if (isState(record)) this.#keep(record);
  }

  /** Everything so far in its latest state, the session record first and the latest tick last. */
  keyframe(): FaultscopeRecord[] {
    return [
      ...this.#stateRecords(),
      ...this.#mappings.list().map(({ start, end, value }) => asFarAs(value, start, end)),
      ...[...this.#threads.entries()].flatMap(([, thread]) => recordsOf(thread)),
      ...this.#cells.values(),
      ...(this.#tick === null ? [] : [this.#tick]),
    ];
  }

  #stateRecords(): FaultscopeRecord[] {
    const { session, probe, ...rest } = Object.fromEntries(this.#states);
    const states = [session, probe, ...Object.values(rest)].flatMap((records) => [...(records?.values() ?? [])]);
    const [process] = this.#states.get('process')?.values() ?? [];
    return this.#covered === null || this.#covered === process
      ? states
      : [...states, this.#covered, process ?? []].flat();
  }

  #count(record: CumulativeRecord): void {
    if (record.kind === 'wait' && record.epoch > this.#epoch) this.#enterEpoch(record.epoch);
    // A stack's frames are told with it again.
    this.#cells.set(record, record.kind === 'stack' ? { ...record, user: [], kernel: [] } : record);
  }

  /** Two epochs are told at once; the map of any earlier one has been emptied. */
  #enterEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#cells.forget('wait', (cell) => cell.kind === 'wait' && cell.epoch < epoch - 1);
  }

  #applyTick(tick: TickRecord): void {
    this.#tick = tick;
    for (const thread of this.#threads.tick()) this.#cells.forgetThread(thread);
  }

  #keep(record: FaultscopeRecord): void {
    const records = this.#states.get(record.kind) ?? new Map<string, FaultscopeRecord>();
    this.#states.set(record.kind, records);
    const key = recordKey(record);
    records.delete(key);
    records.set(key, record);
    const [oldest] = records.size > MOST_OF_A_KIND ? records.keys() : [];
    if (oldest !== undefined) records.delete(oldest);
  }
}

/** A mapping of which newer ones have left this much. */
function asFarAs(mapping: MappingRecord, start: bigint, end: bigint): MappingRecord {
  if (mapping.start === start && mapping.end === end) return mapping;
  const skipped = mapping.inode === 0n ? 0n : start - mapping.start;
  return { ...mapping, start, end, offset: mapping.offset + skipped };
}
