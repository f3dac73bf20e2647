import type { StallMemberRecord, StallRecord } from '../../record/record.js';
import type { Moment, Player, SessionEnd } from '../exported-session.js';
import { type Column, csvPlayer, type RowPlayer } from './csv-text.js';

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
export function playStallsTable(): Player {
  return csvPlayer(COLUMNS, new StallRows());
}

/** A thread is told to have been in a stall when its fault ends, which may be long after: so many stalls wait for that. */
const HELD = 1000;

class StallRows implements RowPlayer<Row> {
  readonly #members = new Members();
  readonly #held: Pick<Row, 'startNs' | 'stall'>[] = [];
  #told = 0;

  *moment({ records, trace }: Moment): Generator<Row> {
    for (const record of records) {
      if (record.kind === 'stall-member') this.#members.add(record);
      if (record.kind === 'stall') this.#held.push({ startNs: trace.names.time(record.startNs), stall: record });
    }
    yield* this.#rows(this.#held.length - HELD);
  }

  *end({ snapshot }: SessionEnd): Generator<Row> {
    yield* this.#rows(this.#held.length);
    const rest = (snapshot.stalls?.fullStalls ?? 0) - this.#told;
    if (rest > 0) yield { stalls: rest, startNs: null, stall: null, tids: null };
  }

  /** Of so many of those that were held longest. */
  *#rows(count: number): Generator<Row> {
    for (const { startNs, stall } of this.#held.splice(0, count)) {
      this.#told += 1;
      yield { stalls: 1, startNs, stall, tids: this.#members.take(stall?.number ?? null) };
    }
  }
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
