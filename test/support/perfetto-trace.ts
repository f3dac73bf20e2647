import protobuf from 'protobufjs';

type Fields = Readonly<Record<string, readonly [id: number, type: string, repeated?: 'repeated']>>;

/**
 * What is read of Perfetto's published schema (protos/perfetto/trace/*.proto of google/perfetto): names, numbers and types as they
 * stand there. A field that is not here is an error of {@link readTrace}.
 */
const MESSAGES: Readonly<Record<string, Fields>> = {
  Trace: { packet: [1, 'TracePacket', 'repeated'] },
  TracePacket: {
    clock_snapshot: [6, 'ClockSnapshot'],
    timestamp: [8, 'uint64'],
    trusted_packet_sequence_id: [10, 'uint32'],
    track_event: [11, 'TrackEvent'],
    interned_data: [12, 'InternedData'],
    sequence_flags: [13, 'uint32'],
    timestamp_clock_id: [58, 'uint32'],
    trace_packet_defaults: [59, 'TracePacketDefaults'],
    track_descriptor: [60, 'TrackDescriptor'],
    first_packet_on_sequence: [87, 'bool'],
  },
  ClockSnapshot: { clocks: [1, 'Clock', 'repeated'], primary_trace_clock: [2, 'uint32'] },
  Clock: { clock_id: [1, 'uint32'], timestamp: [2, 'uint64'] },
  TracePacketDefaults: { timestamp_clock_id: [58, 'uint32'] },
  TrackDescriptor: {
    uuid: [1, 'uint64'],
    name: [2, 'string'],
    process: [3, 'ProcessDescriptor'],
    thread: [4, 'ThreadDescriptor'],
    parent_uuid: [5, 'uint64'],
    counter: [8, 'CounterDescriptor'],
  },
  ProcessDescriptor: { pid: [1, 'int32'], process_name: [6, 'string'] },
  ThreadDescriptor: { pid: [1, 'int32'], tid: [2, 'int64'], thread_name: [5, 'string'] },
  CounterDescriptor: { unit_name: [6, 'string'] },
  TrackEvent: {
    category_iids: [3, 'uint64', 'repeated'],
    debug_annotations: [4, 'DebugAnnotation', 'repeated'],
    type: [9, 'uint32'],
    name_iid: [10, 'uint64'],
    track_uuid: [11, 'uint64'],
    double_counter_value: [44, 'double'],
  },
  DebugAnnotation: {
    name_iid: [1, 'uint64'],
    uint_value: [3, 'uint64'],
    int_value: [4, 'int64'],
    double_value: [5, 'double'],
    string_value: [6, 'string'],
    pointer_value: [7, 'uint64'],
    string_value_iid: [17, 'uint64'],
  },
  InternedData: {
    event_categories: [1, 'Entry', 'repeated'],
    event_names: [2, 'Entry', 'repeated'],
    debug_annotation_names: [3, 'Entry', 'repeated'],
    debug_annotation_string_values: [29, 'InternedString', 'repeated'],
  },
  Entry: { iid: [1, 'uint64'], name: [2, 'string'] },
  InternedString: { iid: [1, 'uint64'], str: [2, 'bytes'] },
};

const SLICE_BEGIN = 1;
const SLICE_END = 2;
const INSTANT = 3;
const COUNTER = 4;

const STATE_CLEARED = 1;
const NEEDS_STATE = 2;

/** 64-bit values as protobufjs gives them when asked for texts. */
interface RawAnnotation {
  readonly name_iid: string;
  readonly uint_value?: string;
  readonly int_value?: string;
  readonly double_value?: number;
  readonly string_value?: string;
  readonly pointer_value?: string;
  readonly string_value_iid?: string;
}

interface RawEvent {
  readonly type: number;
  readonly track_uuid: string;
  readonly name_iid?: string;
  readonly category_iids?: readonly string[];
  readonly debug_annotations?: readonly RawAnnotation[];
  readonly double_counter_value?: number;
}

interface RawTrack {
  readonly uuid: string;
  readonly name?: string;
  readonly parent_uuid?: string;
  readonly process?: { readonly pid: number; readonly process_name: string };
  readonly thread?: { readonly pid: number; readonly tid: string; readonly thread_name?: string };
  readonly counter?: { readonly unit_name: string };
}

type Entries = readonly { readonly iid: string; readonly name?: string; readonly str?: Uint8Array }[];

interface RawPacket {
  readonly timestamp?: string;
  readonly trusted_packet_sequence_id: number;
  readonly sequence_flags: number;
  readonly first_packet_on_sequence?: boolean;
  readonly trace_packet_defaults?: { readonly timestamp_clock_id: number };
  readonly clock_snapshot?: {
    readonly clocks: readonly { readonly clock_id: number; readonly timestamp: string }[];
    readonly primary_trace_clock: number;
  };
  readonly track_descriptor?: RawTrack;
  readonly track_event?: RawEvent;
  readonly interned_data?: Readonly<Record<string, Entries>>;
}

export type Args = Readonly<Record<string, string | number | bigint>>;

export interface ReadSlice {
  readonly track: RawTrack;
  readonly name: string;
  readonly category: string;
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly args: Args;
}

export interface ReadTrace {
  readonly clocks: Readonly<Record<number, bigint>>;
  readonly tracks: readonly RawTrack[];
  readonly slices: readonly ReadSlice[];
  readonly instants: readonly Omit<ReadSlice, 'toNs'>[];
  readonly counters: readonly { readonly track: RawTrack; readonly atNs: bigint; readonly value: number }[];
}

/** Reads a trace as Perfetto's trace processor does, and throws where that would count an error. */
export function readTrace(bytes: Uint8Array): ReadTrace {
  const packets = packetsOf(bytes);
  const tables = new InternedTables();
  const tracks = new Map<string, RawTrack>();
  const events: { readonly atNs: bigint; readonly raw: RawEvent; readonly named: Named | null }[] = [];
  let clocks: Record<number, bigint> | null = null;
  packets.forEach((packet, at) => {
    const isFirst = at === 0;
    if (isFirst !== (packet.sequence_flags === STATE_CLEARED)) throw new Error('state is cleared once, at the begin');
    if (isFirst && packet.trace_packet_defaults?.timestamp_clock_id !== 3) throw new Error('times are not monotonic');
    tables.add(packet.interned_data ?? {});
    if (packet.clock_snapshot !== undefined) {
      if (packet.clock_snapshot.primary_trace_clock !== 3) throw new Error('the trace has another clock');
      clocks = Object.fromEntries(
        packet.clock_snapshot.clocks.map(({ clock_id, timestamp }) => [clock_id, BigInt(timestamp)]),
      );
    }
    const { track_descriptor: track, track_event: raw, timestamp } = packet;
    if (track !== undefined) {
      if (track.parent_uuid !== undefined && !tracks.has(track.parent_uuid))
        throw new Error('a track without its parent');
      tracks.set(track.uuid, { ...tracks.get(track.uuid), ...track });
    }
    if (raw === undefined) return;
    if (packet.sequence_flags !== NEEDS_STATE || timestamp === undefined)
      throw new Error('an event that cannot be read');
    if (!tracks.has(raw.track_uuid)) throw new Error('an event on no track');
    events.push({ atNs: BigInt(timestamp), raw, named: tables.named(raw) });
  });
  if (clocks === null) throw new Error('no clocks');
  // The processor sorts by time; events of the same time stay in their order.
  events.sort((a, b) => (a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0));
  const slices: ReadSlice[] = [];
  const instants: ReadTrace['instants'][number][] = [];
  const counters: ReadTrace['counters'][number][] = [];
  const open = new Map<string, Omit<ReadSlice, 'toNs'>>();
  for (const { atNs, raw, named } of events) {
    const track = tracks.get(raw.track_uuid);
    if (track === undefined) continue;
    if ((raw.type === COUNTER) !== (track.counter !== undefined))
      throw new Error('no such event on this kind of track');
    if (raw.type === COUNTER) counters.push({ track, atNs, value: raw.double_counter_value ?? 0 });
    else if (raw.type === SLICE_END) {
      const begun = open.get(track.uuid);
      if (begun === undefined) throw new Error('an end without a begin');
      open.delete(track.uuid);
      slices.push({ ...begun, toNs: atNs });
    } else {
      if (named === null) throw new Error('an event without a name');
      const event = { track, fromNs: atNs, ...named };
      if (raw.type === INSTANT) instants.push(event);
      else if (raw.type !== SLICE_BEGIN || open.has(track.uuid)) throw new Error(`slices overlap on ${track.name}`);
      else open.set(track.uuid, event);
    }
  }
  if (open.size > 0) throw new Error('a slice without an end');
  return { clocks, tracks: [...tracks.values()], slices, instants, counters };
}

/** All fields are known ones: what was not read would be missing when it is written again. */
function packetsOf(bytes: Uint8Array): readonly RawPacket[] {
  const type = traceType();
  const read = type.toObject(type.decode(bytes), { longs: String });
  const written = type.encode(type.fromObject(read)).finish();
  if (written.length !== bytes.length) throw new Error('fields that the schema does not have');
  return read.packet ?? [];
}

function traceType(): protobuf.Type {
  const messages = Object.entries(MESSAGES).map(([message, fields]) => {
    const lines = Object.entries(fields).map(
      ([name, [id, type, rule]]) => `${rule ?? 'optional'} ${type} ${name} = ${id};`,
    );
    return `message ${message} { ${lines.join(' ')} }`;
  });
  const schema = `syntax = "proto2"; ${messages.join(' ')}`;
  return protobuf.parse(schema, { keepCase: true }).root.lookupType('Trace');
}

type Named = Pick<ReadSlice, 'name' | 'category' | 'args'>;

/** Texts that packets refer to by their ids: told before, or with the packet. */
class InternedTables {
  readonly #texts = new Map<string, string>();

  add(data: Readonly<Record<string, Entries>>): void {
    for (const [table, entries] of Object.entries(data)) {
      for (const { iid, name, str } of entries) {
        const key = `${table} ${iid}`;
        if (this.#texts.has(key)) throw new Error('a text is told twice');
        this.#texts.set(key, name ?? new TextDecoder('utf-8', { fatal: true }).decode(str));
      }
    }
  }

  named({ name_iid, category_iids = [], debug_annotations = [] }: RawEvent): Named | null {
    if (name_iid === undefined) return null;
    const args = debug_annotations.map((raw): [string, string | number | bigint] => {
      const name = this.#get('debug_annotation_names', raw.name_iid);
      const { string_value_iid: iid, string_value, uint_value, pointer_value, int_value, double_value } = raw;
      if (iid !== undefined) return [name, this.#get('debug_annotation_string_values', iid)];
      const whole = uint_value ?? pointer_value;
      if (whole !== undefined) return [name, BigInt(whole)];
      return [name, string_value ?? (int_value === undefined ? (double_value ?? Number.NaN) : Number(int_value))];
    });
    return {
      name: this.#get('event_names', name_iid),
      category: category_iids.map((iid) => this.#get('event_categories', iid)).join(),
      args: Object.fromEntries(args),
    };
  }

  #get(table: string, iid: string): string {
    const text = this.#texts.get(`${table} ${iid}`);
    if (text === undefined) throw new Error(`nothing was told of ${table} ${iid}`);
    return text;
  }
}
