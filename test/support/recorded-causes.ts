import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FaultscopeRecord } from '../../src/record/record.js';

/** Lines of a file of the recorded session. */
export function recordedLines(name: 'causes.jsonl' | 'causes.truth'): string[] {
  const path = fileURLToPath(new URL(`../fixtures/session/${name}`, import.meta.url));
  return readFileSync(path, 'utf8').trim().split('\n');
}

/** As test/fixtures/session/record-session.mjs wrote them. */
export function recordedCauses(): FaultscopeRecord[] {
  return recordedLines('causes.jsonl').map(
    (line): FaultscopeRecord => ({
      // What was not told yet when it was recorded.
      ...{ page: null, device: 0, inode: 0n },
      ...JSON.parse(line, (_, value) => (typeof value?.n === 'string' ? BigInt(value.n) : value)),
    }),
  );
}
