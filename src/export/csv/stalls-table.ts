import type { StallMemberRecord, StallRecord } from '../../record/record.js';
import type { ExportedSession, ExportPieces } from '../exported-session.js';
import { type Column, csvPieces } from './csv-text.js';

interface Row {
  /** Full stalls it stands for. */
  readonly stalls: number;
  readonly startNs: number | null;
  readonly stall: StallRecord | null;
  /** Null where they were not sent. */
  readonly tids: readonly number[] | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { name: 'start_ns', of: ({ startNs }) => startNs },
  { name: 'stalls', of: ({ stalls }) => stalls },
  { name: 'duration_ns', of: ({ stall }) => stall?.durationNs ?? null },
  { name: 'level', of: ({ stall }) => stall?.level ?? null },
  { name: 'capacity', of: ({ stall }) => stall?.capacity ?? null },
  { name: 'tids', of: ({ tids }) => tids?.join(' ') ?? null },
];

/** A row a full stall of at least a millisecond; the last one counts those that were not sent one by one. */
export function renderStallsTable(session: ExportedSession): ExportPieces {
  return csvPieces(COLUMNS, rowsOf(session));
}

/** A thread is told to have been in a stall when its fault ends, which may be long after: so many stalls wait for that. */
const HELD = 1000;

function* rowsOf(session: ExportedSession): Generator<Row> {
  const members = new Members();
  const held: Pick<Row, 'startNs' | 'stall'>[] = [];
  let told = 0;
  const row = ({ startNs, stall }: Pick<Row, 'startNs' | 'stall'>): Row => {
    told += 1;
    return { stalls: 1, startNs, stall, tids: members.take(stall?.number ?? null) };
  };
  for (const { records, trace } of session.moments()) {
    for (const record of records) {
      if (record.kind === 'stall-member') members.add(record);
      if (record.kind === 'stall') held.push({ startNs: trace.names.time(record.startNs), stall: record });
    }
    for (const one of held.splice(0, held.length - HELD)) yield row(one);
  }
  for (const one of held) yield row(one);
  const rest = (session.end().snapshot.stalls?.fullStalls ?? 0) - told;
  if (rest > 0) yield { stalls: rest, startNs: null, stall: null, tids: null };
}

/** A thread that is stuck for minutes is in any number of stalls: the latest of them say so, as the summary's do. */
const MOST_AT_ONCE = 128;
/** Stalls whose members are kept. */
const MOST_STALLS = 2 * HELD;

/** Who was in which stall, by its number. */
class Members {
  readonly #tids = new Map<number, number[]>();

  add({ tid, after, upTo }: StallMemberRecord): void {
    for (let number = Math.max(after, upTo - MOST_AT_ONCE) + 1; number <= upTo; number += 1) {
      const tids = this.#tids.get(number);
      if (tids === undefined) this.#tids.set(number, [tid]);
      else tids.push(tid);
    }
    for (const oldest of this.#tids.keys()) {
      if (this.#tids.size <= MOST_STALLS) break;
      this.#tids.delete(oldest);
    }
  }

  take(number: number | null): readonly number[] | null {
    if (number === null) return null;
    const tids = this.#tids.get(number) ?? null;
    this.#tids.delete(number);
    return tids;
  }
}
