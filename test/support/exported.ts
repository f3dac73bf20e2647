import {
  type ExportedSession,
  type ExportPieces,
  type Player,
  RecordedSession,
} from '../../src/export/exported-session.js';
import type { FaultscopeRecord } from '../../src/record/record.js';

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

/** A file in one piece. */
export function bytesOf(pieces: ExportPieces): Buffer {
  return Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece)));
}

/** A table that is made as the session is played, in one piece. */
export function playedBytes(player: Player, session: ExportedSession): Buffer {
  const pieces = [player.head];
  for (const moment of session.moments()) pieces.push(bytesOf(player.moment(moment)).toString());
  pieces.push(bytesOf(player.end(session.end())).toString());
  return Buffer.from(pieces.join(''));
}
