import { diagnose } from '../diagnosis/diagnose.js';
import type { Diagnosis } from '../diagnosis/finding.js';
import { noted } from '../model/noted.js';
import type { Snapshot } from '../model/snapshot.js';
import { Trace } from '../model/trace.js';
import type { FaultscopeRecord, SessionRecord } from '../record/record.js';

/** A session as exports see it. */
export interface ExportedSession {
  /**
   * Plays it from its beginning: what happened, moment by moment, for formats that have a time axis. Each call begins anew
   * and costs as much as reading the recording.
   */
  moments(): Iterable<Moment>;
  /** What it came to: costs nothing more where moments() has been played to its end. */
  end(): SessionEnd;
}

/** The records from one tick to the next, the tick or the end being the last of them. */
export interface Moment {
  readonly records: readonly FaultscopeRecord[];
  /** Having applied them. */
  readonly trace: Trace;
}

export interface SessionEnd {
  readonly snapshot: Snapshot;
  readonly diagnosis: Diagnosis;
}

/** Pieces of the file, in order; text is UTF-8. Made as they are written: a file may be larger than memory. */
export type ExportPieces = Iterable<string | Uint8Array>;

/** Makes one file of a session that is played to others at the same time. */
export interface Player {
  /** The file's beginning. */
  readonly head: string;
  /** What a moment adds to it. */
  moment(moment: Moment): ExportPieces;
  /** The rest of it, after the last moment. */
  end(end: SessionEnd): ExportPieces;
}

/**
 * A recorded session: `batches` gives all its records from the first, anew at each call, each batch ending with a tick;
 * `warnings`, once they were given, in what way they are not all that was. Those are notes of the session's end.
 */
export class RecordedSession implements ExportedSession {
  readonly #session: SessionRecord;
  readonly #batches: () => Iterable<readonly FaultscopeRecord[]>;
  readonly #warnings: () => readonly string[];
  #end: SessionEnd | null = null;

  constructor(
    session: SessionRecord,
    batches: () => Iterable<readonly FaultscopeRecord[]>,
    warnings: () => readonly string[] = () => [],
  ) {
    this.#session = session;
    this.#batches = batches;
    this.#warnings = warnings;
  }

  *moments(): Iterable<Moment> {
    const trace = new Trace(this.#session);
    for (const records of this.#batches()) {
      for (const record of records) trace.apply(record);
      yield { records, trace };
    }
    const snapshot = noted(trace.snapshot(), this.#warnings());
    this.#end ??= { snapshot, diagnosis: diagnose(snapshot) };
  }

  end(): SessionEnd {
    if (this.#end === null) for (const _ of this.moments());
    if (this.#end === null) throw new Error('a session that was played has no end');
    return this.#end;
  }
}
