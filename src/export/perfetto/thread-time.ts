import { TIME_PARTS, type TimePart } from '../../model/cause.js';
import { addSplit, type MutableTimeSplit } from '../../model/time-split.js';
import type { Lane, LaneSpan } from '../lanes.js';
import type { Arg, PacketWriter } from './packet-writer.js';
import type { Tracks } from './tracks.js';

/** What the trace calls them. */
const PARTS = TIME_PARTS.map((part) => ({ part, arg: `${part}, ms`, slice: `mostly ${part}` }));

interface Run {
  readonly lane: Lane;
  readonly fromNs: bigint;
  toNs: bigint;
  readonly time: MutableTimeSplit;
  readonly majorFaults: number;
  /** All that the thread did in it; null where it did several things. */
  readonly only: TimePart | null;
}

/**
 * What each thread did between ticks: a slice for each span, named after what took most of it, with the sums of all. Spans in
 * a row in which a thread did only one and the same thing are one slice.
 */
export class ThreadTime {
  readonly #packets: PacketWriter;
  readonly #tracks: Tracks;
  readonly #runs = new Map<string, Run>();

  constructor(packets: PacketWriter, tracks: Tracks) {
    this.#packets = packets;
    this.#tracks = tracks;
  }

  /** `toNs`, CLOCK_MONOTONIC, is when the span ended. */
  apply({ fromNs, toNs, lanes }: LaneSpan, endNs: bigint): void {
    const beginNs = endNs - BigInt(Math.round(toNs - fromNs));
    for (const lane of lanes) {
      // Its name is known here, and single faults of it are to come.
      this.#tracks.thread(lane.id, lane.tid, lane.name);
      const run = this.#runs.get(lane.id);
      const only = onlyPart(lane);
      if (run !== undefined && run.only !== null && run.only === only && run.toNs === beginNs) {
        run.toNs = endNs;
        addSplit(run.time, lane.time);
      } else {
        if (run !== undefined) this.#write(run);
        const time = { ...lane.time };
        this.#runs.set(lane.id, { lane, fromNs: beginNs, toNs: endNs, time, majorFaults: lane.majorFaults, only });
      }
    }
    this.#writeOver(endNs);
  }

  /** Nothing more will come. */
  finish(): void {
    for (const run of this.#runs.values()) this.#write(run);
    this.#runs.clear();
  }

  /** Those that cannot grow any more. */
  #writeOver(nowNs: bigint): void {
    for (const [id, run] of this.#runs) {
      if (run.only !== null && run.toNs === nowNs) continue;
      this.#write(run);
      this.#runs.delete(id);
    }
  }

  #write({ lane, fromNs, toNs, time, majorFaults }: Run): void {
    const args: Arg[] = [];
    let name = 'major faults';
    let most = Number.NEGATIVE_INFINITY;
    for (const { part, arg, slice } of PARTS) {
      if (time[part] === 0) continue;
      args.push({ name: arg, value: time[part] / 1e6 });
      if (time[part] <= most) continue;
      most = time[part];
      name = slice;
    }
    if (args.length === 0 && majorFaults === 0) return;
    if (majorFaults > 0) args.push({ name: 'major faults', value: majorFaults });
    const track = this.#tracks.threadTime(lane.id, lane.tid, lane.name);
    this.#packets.slice({ track, atNs: fromNs, name, category: 'time', args }, toNs);
  }
}

function onlyPart({ time, majorFaults }: Lane): TimePart | null {
  let only: TimePart | null = null;
  for (const part of TIME_PARTS) {
    if (time[part] === 0) continue;
    if (only !== null) return null;
    only = part;
  }
  return majorFaults > 0 ? null : only;
}
