import { TIME_PARTS, type TimePart } from '../../model/cause.js';
import { addSplit, type MutableTimeSplit } from '../../model/time-split.js';
import type { Lane, LaneSpan } from '../lanes.js';
import type { Arg, PacketWriter } from './packet-writer.js';
import type { Tracks } from './tracks.js';

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

  #write({ lane: { id, tid, name }, fromNs, toNs, time, majorFaults }: Run): void {
    const parts = TIME_PARTS.filter((part) => time[part] !== 0);
    const most = parts.reduce<TimePart | null>((a, b) => (a === null || time[b] > time[a] ? b : a), null);
    if (most === null && majorFaults === 0) return;
    const args: Arg[] = parts.map((part) => ({ name: `${part}, ms`, value: time[part] / 1e6 }));
    if (majorFaults > 0) args.push({ name: 'major faults', value: majorFaults });
    const track = this.#tracks.threadTime(id, tid, name);
    this.#packets.slice(
      { track, atNs: fromNs, name: most === null ? 'major faults' : `mostly ${most}`, category: 'time', args },
      toNs,
    );
  }
}

function onlyPart({ time, majorFaults }: Lane): TimePart | null {
  const [part = null, ...more] = TIME_PARTS.filter((one) => time[one] !== 0);
  return more.length > 0 || majorFaults > 0 ? null : part;
}
