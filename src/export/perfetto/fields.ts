/** Field numbers of Perfetto's protos/perfetto/trace/*.proto, by message. */
export const TRACE = { packet: 1 } as const;
export const PACKET = {
  clockSnapshot: 6,
  timestamp: 8,
  sequenceId: 10,
  trackEvent: 11,
  internedData: 12,
  sequenceFlags: 13,
  timestampClockId: 58,
  defaults: 59,
  trackDescriptor: 60,
  firstOnSequence: 87,
} as const;
export const CLOCK_SNAPSHOT = { clocks: 1, primaryTraceClock: 2 } as const;
export const CLOCK = { id: 1, timestamp: 2 } as const;
/** Of TracePacketDefaults. */
export const DEFAULTS = { timestampClockId: 58 } as const;
export const TRACK = { uuid: 1, name: 2, process: 3, thread: 4, parentUuid: 5, counter: 8 } as const;
export const PROCESS = { pid: 1, name: 6 } as const;
export const THREAD = { pid: 1, tid: 2, name: 5 } as const;
export const COUNTER = { unitName: 6 } as const;
export const EVENT = { categoryIds: 3, args: 4, type: 9, nameId: 10, trackUuid: 11, counterValue: 44 } as const;
/** Of DebugAnnotation. */
export const ARG = { nameId: 1, uint: 3, int: 4, double: 5, text: 6, pointer: 7, textId: 17 } as const;
/** Of InternedData; each entry is an id and a text. */
export const INTERNED = { categories: 1, eventNames: 2, argNames: 3, argTexts: 29 } as const;
export const ENTRY = { id: 1, text: 2 } as const;

/** TrackEvent.Type */
export const EVENT_TYPE = { sliceBegin: 1, sliceEnd: 2, instant: 3, counter: 4 } as const;
/** BuiltinClock */
export const CLOCK_ID = { realtime: 1, monotonic: 3 } as const;
/** TracePacket.SequenceFlags */
export const SEQUENCE = { stateCleared: 1, needsState: 2 } as const;
