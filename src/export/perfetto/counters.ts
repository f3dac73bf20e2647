import type { HistoryPoint } from '../../model/snapshot.js';
import type { PacketWriter } from './packet-writer.js';
import type { Tracks } from './tracks.js';

/** What was so of the whole process between ticks, as counters: each value holds for the span from its time on. */
export class Counters {
  readonly #packets: PacketWriter;
  readonly #tracks: Tracks;
  #before: HistoryPoint | null = null;

  constructor(packets: PacketWriter, tracks: Tracks) {
    this.#packets = packets;
    this.#tracks = tracks;
  }

  /** The latest point, which ended at `endNs` of CLOCK_MONOTONIC; `capacity` null where none is known. */
  apply(point: HistoryPoint | null, endNs: bigint, capacity: number | null): void {
    if (point === null || point === this.#before) return;
    this.#before = point;
    const atNs = endNs - BigInt(Math.round(point.durationNs));
    const seconds = point.durationNs / 1e9;
    const { level, requests } = point;
    this.#value('major faults/s', '1/s', atNs, point.majorFaults / seconds);
    if (level !== null) {
      this.#value('level: threads stuck in page faults, mean', 'threads', atNs, level.levelTimeNs / level.sampledNs);
      if (capacity !== null)
        this.#value('full stall, share of time', '%', atNs, (100 * level.fullNs) / level.sampledNs);
    }
    if (requests !== null) {
      this.#value('requests/s', '1/s', atNs, requests.count / seconds);
      // Where none was answered there is none: the line goes on from before.
      const { p99Ns } = requests.latency;
      if (p99Ns !== null) this.#value('request p99', 'ms', atNs, p99Ns / 1e6);
    }
  }

  #value(name: string, unit: string, atNs: bigint, value: number): void {
    this.#packets.counter(this.#tracks.counter(`${name} (between ticks)`, unit), atNs, value);
  }
}
