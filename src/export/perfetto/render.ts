import type { Snapshot } from '../../model/snapshot.js';
import type { FaultscopeRecord, StallRecord } from '../../record/record.js';
import { safeText } from '../../text/safe.js';
import type { ExportedSession, ExportPieces, Moment } from '../exported-session.js';
import { Lanes } from '../lanes.js';
import { trustOf } from '../shortfalls.js';
import { Counters } from './counters.js';
import { FaultSlices } from './fault-slices.js';
import { type Arg, PacketWriter } from './packet-writer.js';
import { ThreadTime } from './thread-time.js';
import { Tracks } from './tracks.js';

/** A trace for Perfetto: single faults and full stalls where they were, what threads did between ticks, and counters. */
export function* renderPerfetto(session: ExportedSession): ExportPieces {
  let timeline: Timeline | null = null;
  for (const moment of session.moments()) {
    timeline ??= new Timeline(moment.trace.snapshot());
    yield timeline.moment(moment);
  }
  const { snapshot } = session.end();
  timeline ??= new Timeline(snapshot);
  yield timeline.finish(snapshot);
}

/** The trace as far as the session has been played. */
class Timeline {
  readonly #packets = new PacketWriter();
  readonly #tracks: Tracks;
  readonly #faults: FaultSlices;
  readonly #time: ThreadTime;
  readonly #counters: Counters;
  readonly #lanes = new Lanes();
  #nowNs: bigint;
  #capacity: number | null = null;

  constructor({ target, host, window }: Snapshot) {
    this.#packets.begin(window.startNs, BigInt(Math.round(window.startedAtMs * 1000)) * 1000n);
    this.#tracks = new Tracks(this.#packets, target.pid, target.comm);
    this.#faults = new FaultSlices(this.#packets, this.#tracks, target.pid, host.pageBytes);
    this.#time = new ThreadTime(this.#packets, this.#tracks);
    this.#counters = new Counters(this.#packets, this.#tracks);
    this.#nowNs = window.startNs;
  }

  /** What it adds to the trace. */
  moment({ records, trace }: Moment): Uint8Array {
    for (const record of records) this.#look(record);
    const span = this.#lanes.span(trace);
    if (span !== null) this.#time.apply(span, this.#nowNs);
    this.#counters.apply(trace.latestPoint, this.#nowNs, this.#capacity);
    this.#faults.apply(records);
    return this.#packets.take();
  }

  finish(snapshot: Snapshot): Uint8Array {
    this.#time.finish();
    this.#faults.finish();
    this.#notes(snapshot);
    return this.#packets.take();
  }

  #look(record: FaultscopeRecord): void {
    if ('atNs' in record && record.atNs > this.#nowNs) this.#nowNs = record.atNs;
    if (record.kind === 'runtime') this.#capacity = record.runtime.capacity;
    if (record.kind === 'stall') this.#stall(record);
  }

  #stall({ startNs, durationNs, level, capacity }: StallRecord): void {
    const track = this.#tracks.events('full stalls of 1 ms and longer');
    const args = [
      { name: 'threads stuck, most', value: level },
      { name: 'capacity', value: capacity },
    ];
    const event = { track, atNs: startNs, name: 'full stall', category: 'full stall', args };
    this.#packets.slice(event, startNs + BigInt(durationNs));
  }

  /** What was observed, what it came to and how far it can be trusted; then the notes, each at its time. */
  #notes(snapshot: Snapshot): void {
    const { window, quality } = snapshot;
    const track = this.#tracks.events('about this trace');
    const note = (atNs: bigint, name: string, args: readonly Arg[]): void =>
      this.#packets.instant({ track, atNs, name, category: 'note', args });
    note(window.startNs, 'session', sessionArgs(snapshot));
    for (const { atNs, text } of quality.notes) {
      note(window.startNs + BigInt(Math.round(atNs)), 'note', [{ name: 'text', value: safeText(text) }]);
    }
  }
}

function sessionArgs(snapshot: Snapshot): Arg[] {
  const { tool, host, target, window, totals } = snapshot;
  return [
    { name: 'faultscope', value: tool.version },
    { name: 'kernel', value: safeText(host.kernel) },
    { name: 'program', value: safeText(target.exe ?? target.comm) },
    { name: 'started at', value: new Date(window.startedAtMs).toISOString() },
    { name: 'observed for, ms', value: window.durationNs / 1e6 },
    { name: 'major faults', value: totals.majorFaults },
    { name: 'fault wait, ms', value: totals.faultWaitNs / 1e6 },
    ...trustOf(snapshot).map((text, index) => ({ name: `trust ${index + 1}`, value: text })),
  ];
}
