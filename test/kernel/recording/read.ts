import type { Snapshot } from '../../../src/model/snapshot.js';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { openRecording } from '../../../src/recording/recording.js';

/** All there is in a recording, and what the model makes of it. */
export function readRecording(path: string): {
  readonly records: readonly FaultscopeRecord[];
  readonly warnings: readonly string[];
  readonly snapshot: Snapshot;
} {
  const recording = openRecording(path);
  try {
    const records = [...recording.batches()].flat();
    const trace = new Trace(recording.session);
    for (const record of records) trace.apply(record);
    return { records, warnings: recording.warnings, snapshot: trace.snapshot() };
  } finally {
    recording.close();
  }
}
