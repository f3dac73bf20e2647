import { safeText } from '../../text/safe.js';
import { COUNTER, PROCESS, THREAD, TRACK } from './fields.js';
import { Latest } from './latest.js';
import type { PacketWriter } from './packet-writer.js';

/** At least so many threads' tracks are remembered; one that comes back later gets new ones. */
const KEPT_THREADS = 10_000;

const PROCESS_UUID = 1;

interface ThreadTracks {
  /** Single faults. */
  readonly faults: number;
  /** What it did between ticks; null while there is none. */
  time: number | null;
  name: string | null;
}

/** The tracks of a trace: each is told before the first event on it. */
export class Tracks {
  readonly #packets: PacketWriter;
  readonly #pid: number;
  /** Of the process, by name. */
  readonly #named = new Map<string, number>();
  readonly #threads = new Latest<string, ThreadTracks>(KEPT_THREADS);
  #last = PROCESS_UUID;

  constructor(packets: PacketWriter, pid: number, comm: string) {
    this.#packets = packets;
    this.#pid = pid;
    packets.track((out) => {
      out.integer(TRACK.uuid, PROCESS_UUID);
      out.message(TRACK.process, () => {
        out.integer(PROCESS.pid, pid);
        out.text(PROCESS.name, safeText(comm));
      });
    });
  }

  /** A track of the process for slices and instants. */
  events(name: string): number {
    return this.#ofProcess(name, null);
  }

  /** A track of the process for a figure over time. */
  counter(name: string, unit: string): number {
    return this.#ofProcess(name, unit);
  }

  /** The track of a thread, on which its single faults are; `id` as in ThreadView.id, `name` null where it is not known. */
  thread(id: string, tid: number, name: string | null): number {
    return this.#thread(id, tid, name).faults;
  }

  /** Below it, the one that shows what it did between ticks. */
  threadTime(id: string, tid: number, name: string | null): number {
    const tracks = this.#thread(id, tid, name);
    tracks.time ??= this.#child('time between ticks: sums, not positions', tracks.faults, null);
    return tracks.time;
  }

  #thread(id: string, tid: number, name: string | null): ThreadTracks {
    let tracks = this.#threads.get(id);
    const isNew = tracks === undefined;
    if (tracks === undefined) {
      tracks = { faults: this.#nextUuid(), time: null, name };
      this.#threads.set(id, tracks);
    }
    if (isNew || (name !== null && name !== tracks.name)) {
      tracks.name = name;
      this.#tellThread(tracks.faults, tid, name);
    }
    return tracks;
  }

  #tellThread(uuid: number, tid: number, name: string | null): void {
    this.#packets.track((out) => {
      out.integer(TRACK.uuid, uuid);
      out.integer(TRACK.parentUuid, PROCESS_UUID);
      out.message(TRACK.thread, () => {
        out.integer(THREAD.pid, this.#pid);
        out.integer(THREAD.tid, tid);
        if (name !== null) out.text(THREAD.name, safeText(name));
      });
    });
  }

  #ofProcess(name: string, unit: string | null): number {
    let uuid = this.#named.get(name);
    if (uuid === undefined) {
      uuid = this.#child(name, PROCESS_UUID, unit);
      this.#named.set(name, uuid);
    }
    return uuid;
  }

  /** With a unit it is a counter. */
  #child(name: string, parent: number, unit: string | null): number {
    const uuid = this.#nextUuid();
    this.#packets.track((out) => {
      out.integer(TRACK.uuid, uuid);
      out.integer(TRACK.parentUuid, parent);
      out.text(TRACK.name, name);
      if (unit !== null) out.message(TRACK.counter, () => out.text(COUNTER.unitName, unit));
    });
    return uuid;
  }

  #nextUuid(): number {
    this.#last += 1;
    return this.#last;
  }
}
