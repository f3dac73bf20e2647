import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ExportedSession, type ExportPieces, RecordedSession } from '../../../src/export/exported-session.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { NOTHING_FOUND } from './diagnoses.js';

/** A session of which only the end is known. */
export function endedSession(snapshot: Snapshot): ExportedSession {
  return { moments: () => [], end: () => ({ snapshot, diagnosis: NOTHING_FOUND }) };
}

/** These records, the session record first, as a recording gives them. */
export function recordedSession(records: readonly FaultscopeRecord[]): RecordedSession {
  const [session] = records;
  if (session?.kind !== 'session') throw new Error('no session record');
  return new RecordedSession(session, function* () {
    let from = 0;
    for (const [at, { kind }] of records.entries()) {
      if (kind !== 'tick' && at < records.length - 1) continue;
      yield records.slice(from, at + 1);
      from = at + 1;
    }
  });
}

/** A real session as test/fixtures/session/record-session.mjs wrote it. */
export function realRecords(): FaultscopeRecord[] {
  const file = fileURLToPath(new URL('../../fixtures/session/causes.jsonl', import.meta.url));
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => ({
    // What was not told yet when it was recorded.
    ...{ page: null, device: 0, inode: 0n },
    ...JSON.parse(line, (_, value) => (typeof value?.n === 'string' ? BigInt(value.n) : value)),
  }));
}

/** A file in one piece. */
export function bytesOf(pieces: ExportPieces): Buffer {
  return Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece)));
}
