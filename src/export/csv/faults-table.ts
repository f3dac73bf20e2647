import { holdsP } from '../../model/goroutines.js';
import { isCauseOf } from '../../model/longest-faults.js';
import type { SingleCauseView } from '../../model/page-cache-view.js';
import type { FaultPlaceView } from '../../model/snapshot.js';
import type { Trace } from '../../model/trace.js';
import type { SingleCauseRecord } from '../../record/page-cache.js';
import type { FaultRecord, FaultscopeRecord, GoroutineRef } from '../../record/record.js';
import { formatAddress } from '../../text/units.js';
import type { Moment, Player } from '../exported-session.js';
import { type Column, csvPlayer, type RowPlayer } from './csv-text.js';

interface Row {
  readonly fault: FaultRecord;
  readonly atNs: number;
  readonly threadName: string | null;
  /** Null for a thread without one, too. */
  readonly goroutine: GoroutineRef | null;
  readonly goroutineStart: string | null;
  readonly place: FaultPlaceView | null;
  readonly cause: SingleCauseView | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { name: 'time_ns', of: ({ atNs }) => atNs },
  { name: 'tid', of: ({ fault }) => fault.tid },
  { name: 'thread', of: ({ threadName }) => threadName },
  { name: 'weight', of: ({ fault }) => fault.weight },
  { name: 'latency_ns', of: ({ fault }) => fault.latencyNs },
  { name: 'address', of: ({ fault }) => formatAddress(fault.address) },
  { name: 'instruction', of: ({ fault }) => formatAddress(fault.instruction) },
  { name: 'memory', of: ({ place }) => place?.of ?? null },
  { name: 'file', of: ({ place }) => place?.path ?? null },
  { name: 'device', of: ({ place }) => place?.device ?? null },
  { name: 'inode', of: ({ place }) => place?.inode ?? null },
  { name: 'offset_bytes', of: ({ place }) => place?.offsetBytes ?? null },
  { name: 'goroutine', of: ({ goroutine }) => goroutine?.goid ?? null },
  { name: 'goroutine_start', of: ({ goroutineStart }) => goroutineStart },
  { name: 'holds_p', of: ({ goroutine }) => (goroutine === null ? null : holdsP(goroutine)) },
  { name: 'cause', of: ({ cause }) => cause?.cause ?? null },
  { name: 'evictor_pid', of: ({ cause }) => cause?.evictor?.actor.pid ?? null },
  { name: 'evictor', of: ({ cause }) => cause?.evictor?.actor.comm ?? null },
  { name: 'evicted_by', of: ({ cause }) => cause?.evictor?.way ?? null },
  { name: 'evicted_ago_ns', of: ({ cause }) => cause?.ageNs ?? null },
];

/** A row a single fault that arrived, in the order they came; `weight` says how many faults it stands for. */
export function playFaultsTable(): Player {
  return csvPlayer(COLUMNS, new FaultRows());
}

/** Faults of one moment, placed where their addresses lay then; the next moment may still tell names and causes. */
interface Held {
  readonly faults: readonly { readonly fault: FaultRecord; readonly place: FaultPlaceView | null }[];
  /** Two scripts look at one fault, and either may be the first to tell: causes of the moment before, and of this one. */
  readonly before: readonly SingleCauseRecord[];
  readonly causes: readonly SingleCauseRecord[];
}

class FaultRows implements RowPlayer<Row> {
  #held: Held = { faults: [], before: [], causes: [] };
  /** As of the last moment; null before the first. */
  #trace: Trace | null = null;

  *moment({ records, trace }: Moment): Generator<Row> {
    const causes = records.filter((record) => record.kind === 'single-cause');
    yield* described(this.#held, causes, trace);
    this.#held = { faults: placed(records, trace), before: this.#held.causes, causes };
    this.#trace = trace;
  }

  *end(): Generator<Row> {
    if (this.#trace !== null) yield* described(this.#held, [], this.#trace);
  }
}

function placed(records: readonly FaultscopeRecord[], { names }: Trace): Held['faults'] {
  return records.filter((record) => record.kind === 'fault').map((fault) => ({ fault, place: names.place(fault) }));
}

function* described(held: Held, later: readonly SingleCauseRecord[], { names }: Trace): Generator<Row> {
  const causes = byThread([...held.before, ...held.causes, ...later]);
  for (const { fault, place } of held.faults) {
    const goroutine = fault.goroutine?.goid === 0n ? null : fault.goroutine;
    const cause = causes.get(fault.tid)?.find((one) => isCauseOf(one, fault));
    yield {
      fault,
      atNs: names.time(fault.atNs),
      threadName: names.thread(fault),
      goroutine,
      goroutineStart: goroutine === null ? null : names.function(goroutine.startPc),
      place: place === null || place.path === null ? names.place(fault) : place,
      cause: cause === undefined ? null : names.cause(cause),
    };
  }
}

function byThread(causes: readonly SingleCauseRecord[]): ReadonlyMap<number, readonly SingleCauseRecord[]> {
  const found = new Map<number, SingleCauseRecord[]>();
  for (const cause of causes) {
    const known = found.get(cause.tid);
    if (known === undefined) found.set(cause.tid, [cause]);
    else known.push(cause);
  }
  return found;
}
