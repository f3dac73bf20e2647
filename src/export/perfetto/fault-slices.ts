import { isCauseOf } from '../../model/longest-faults.js';
import type { SingleCauseRecord } from '../../record/page-cache.js';
import type { FaultRecord, FaultscopeRecord } from '../../record/record.js';
import { FaultWords } from './fault-words.js';
import type { Arg, PacketWriter } from './packet-writer.js';
import type { Tracks } from './tracks.js';

interface HeldFault {
  readonly fault: FaultRecord;
  readonly args: readonly Arg[];
}

/**
 * Single faults as slices on their threads, begin and end exact. Why a page was not there may be told up to a tick after its
 * fault: faults are held until then.
 */
export class FaultSlices {
  readonly #packets: PacketWriter;
  readonly #tracks: Tracks;
  readonly #words: FaultWords;
  #held: HeldFault[] = [];
  #causes: SingleCauseRecord[] = [];

  constructor(packets: PacketWriter, tracks: Tracks, pid: number, pageBytes: number | undefined) {
    this.#packets = packets;
    this.#tracks = tracks;
    this.#words = new FaultWords(pid, pageBytes);
  }

  /** The records of one moment. */
  apply(records: readonly FaultscopeRecord[]): void {
    const earlierCauses = this.#causes;
    this.#causes = records.filter((record) => record.kind === 'single-cause');
    // What a file is called may be told after the fault that read it.
    for (const record of records) if (record.kind === 'file') this.#words.apply(record);
    const faults: HeldFault[] = [];
    for (const record of records) {
      this.#words.apply(record);
      if (record.kind === 'fault') faults.push({ fault: record, args: this.#words.ofFault(record) });
    }
    const held = this.#held;
    this.#held = faults;
    this.#write(held, [...earlierCauses, ...this.#causes]);
  }

  /** Nothing more will come. */
  finish(): void {
    this.#write(this.#held, this.#causes);
    this.#held = [];
  }

  #write(faults: readonly HeldFault[], causes: readonly SingleCauseRecord[]): void {
    const byTid = new Map<number, SingleCauseRecord[]>();
    for (const cause of causes) {
      const ofTid = byTid.get(cause.tid);
      if (ofTid === undefined) byTid.set(cause.tid, [cause]);
      else ofTid.push(cause);
    }
    for (const { fault, args } of faults) {
      const cause = byTid.get(fault.tid)?.find((one) => isCauseOf(one, fault));
      this.#slice(fault, cause === undefined ? args : [...args, ...this.#words.ofCause(cause)]);
    }
  }

  #slice({ tid, generation, atNs, latencyNs }: FaultRecord, args: readonly Arg[]): void {
    const track = this.#tracks.thread(`${tid}.${generation}`, tid, null);
    const category = 'major fault';
    if (latencyNs === null) this.#packets.instant({ track, atNs, name: 'major fault, never slept', category, args });
    else this.#packets.slice({ track, atNs: atNs - BigInt(latencyNs), name: 'major fault', category, args }, atNs);
  }
}
