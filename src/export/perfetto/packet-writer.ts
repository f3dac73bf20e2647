import { MessageWriter } from '../protobuf.js';
import {
  ARG,
  CLOCK,
  CLOCK_ID,
  CLOCK_SNAPSHOT,
  DEFAULTS,
  ENTRY,
  EVENT,
  EVENT_TYPE,
  INTERNED,
  PACKET,
  SEQUENCE,
  TRACE,
} from './fields.js';

/** What is told beside an event. Texts come from outside and are made safe by who gives them. */
export interface Arg {
  readonly name: string;
  /** A bigint is an unsigned one of 64 bits. */
  readonly value: string | number | bigint | { readonly pointer: bigint };
}

export interface TraceEvent {
  readonly track: number;
  /** CLOCK_MONOTONIC, ns. */
  readonly atNs: bigint;
  /** Few in number: they are kept as long as the trace is written. */
  readonly name: string;
  readonly category: string;
  readonly args: readonly Arg[];
}

/** All packets are one sequence's. */
const SEQUENCE_ID = 1;

/** Texts of arguments that are written once; beyond, each is written where it stands. */
const KEPT_TEXTS = 20_000;

type Table = keyof typeof INTERNED;

/** Writes the packets of a trace. Names and texts are told once, in the packet that needs them first. */
export class PacketWriter {
  readonly #out = new MessageWriter();
  readonly #ids: { readonly [table in Table]: Map<string, number> } = {
    categories: new Map(),
    eventNames: new Map(),
    argNames: new Map(),
    argTexts: new Map(),
  };
  /** Not told yet. */
  #new: { readonly table: Table; readonly id: number; readonly text: string }[] = [];

  /** First of all: times are CLOCK_MONOTONIC, and what that was on the wall clock at one moment. */
  begin(monotonicNs: bigint, realtimeNs: bigint): void {
    this.#begin(SEQUENCE.stateCleared);
    this.#out.integer(PACKET.firstOnSequence, 1);
    this.#out.message(PACKET.defaults, () => this.#out.integer(DEFAULTS.timestampClockId, CLOCK_ID.monotonic));
    this.#end();
    this.#begin(0);
    this.#out.message(PACKET.clockSnapshot, () => {
      this.#clock(CLOCK_ID.monotonic, monotonicNs);
      this.#clock(CLOCK_ID.realtime, realtimeNs);
      this.#out.integer(CLOCK_SNAPSHOT.primaryTraceClock, CLOCK_ID.monotonic);
    });
    this.#end();
  }

  /** A TrackDescriptor; `write` puts its fields. */
  track(write: (out: MessageWriter) => void): void {
    this.#begin(SEQUENCE.needsState);
    this.#out.message(PACKET.trackDescriptor, () => write(this.#out));
    this.#end();
  }

  slice(event: TraceEvent, toNs: bigint): void {
    this.#named(EVENT_TYPE.sliceBegin, event);
    this.#beginEvent(EVENT_TYPE.sliceEnd, event.track, toNs);
    this.#endEvent();
  }

  instant(event: TraceEvent): void {
    this.#named(EVENT_TYPE.instant, event);
  }

  /** What holds from `atNs` on until the track's next value. */
  counter(track: number, atNs: bigint, value: number): void {
    this.#beginEvent(EVENT_TYPE.counter, track, atNs);
    this.#out.double(EVENT.counterValue, value);
    this.#endEvent();
  }

  /** What was written since the last call. */
  take(): Uint8Array {
    return this.#out.take();
  }

  #named(type: number, { track, atNs, name, category, args }: TraceEvent): void {
    this.#beginEvent(type, track, atNs);
    this.#out.integer(EVENT.nameId, this.#idOf('eventNames', name));
    this.#out.integer(EVENT.categoryIds, this.#idOf('categories', category));
    for (const arg of args) {
      this.#out.begin(EVENT.args);
      this.#arg(arg);
      this.#out.end();
    }
    this.#endEvent();
  }

  // What there are hundreds of thousands of is begun and ended, without a function for what is between.
  #beginEvent(type: number, track: number, atNs: bigint): void {
    this.#begin(SEQUENCE.needsState);
    this.#out.integer(PACKET.timestamp, atNs < 0n ? 0n : atNs);
    this.#out.begin(PACKET.trackEvent);
    this.#out.integer(EVENT.type, type);
    this.#out.integer(EVENT.trackUuid, track);
  }

  #endEvent(): void {
    this.#out.end();
    this.#end();
  }

  #arg({ name, value }: Arg): void {
    this.#out.integer(ARG.nameId, this.#idOf('argNames', name));
    if (typeof value === 'string') this.#argText(value);
    else if (typeof value === 'bigint') this.#out.integer(ARG.uint, value);
    else if (typeof value === 'object') this.#out.integer(ARG.pointer, value.pointer);
    else if (Number.isInteger(value)) this.#out.integer(ARG.int, value);
    else this.#out.double(ARG.double, value);
  }

  #argText(text: string): void {
    const kept = this.#ids.argTexts;
    if (kept.size < KEPT_TEXTS || kept.has(text)) this.#out.integer(ARG.textId, this.#idOf('argTexts', text));
    else this.#out.text(ARG.text, text);
  }

  #idOf(table: Table, text: string): number {
    const ids = this.#ids[table];
    let id = ids.get(text);
    if (id === undefined) {
      id = ids.size + 1;
      ids.set(text, id);
      this.#new.push({ table, id, text });
    }
    return id;
  }

  #begin(flags: number): void {
    this.#out.begin(TRACE.packet);
    this.#out.integer(PACKET.sequenceId, SEQUENCE_ID);
    this.#out.integer(PACKET.sequenceFlags, flags);
  }

  #end(): void {
    if (this.#new.length > 0) this.#out.message(PACKET.internedData, () => this.#tellNew());
    this.#out.end();
  }

  #tellNew(): void {
    for (const { table, id, text } of this.#new) {
      this.#out.message(INTERNED[table], () => {
        this.#out.integer(ENTRY.id, id);
        this.#out.text(ENTRY.text, text);
      });
    }
    this.#new = [];
  }

  #clock(id: number, timestamp: bigint): void {
    this.#out.message(CLOCK_SNAPSHOT.clocks, () => {
      this.#out.integer(CLOCK.id, id);
      this.#out.integer(CLOCK.timestamp, timestamp);
    });
  }
}
