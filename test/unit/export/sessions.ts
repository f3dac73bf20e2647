import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ExportedSession } from '../../../src/export/exported-session.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { NOTHING_FOUND } from './diagnoses.js';

/** A session of which only the end is known. */
export function endedSession(snapshot: Snapshot): ExportedSession {
  return { moments: () => [], end: () => ({ snapshot, diagnosis: NOTHING_FOUND }) };
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
