import { join } from 'node:path';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { openRecording } from '../../../src/recording/recording.js';
import { RecordingWriter } from '../../../src/recording/writer.js';

/** A session's records by moments, each with its tick or the end. */
export function moments(records: readonly FaultscopeRecord[]): FaultscopeRecord[][] {
  const all: FaultscopeRecord[][] = [[]];
  for (const record of records) {
    all.at(-1)?.push(record);
    if (record.kind === 'tick') all.push([]);
  }
  return all.filter((moment) => moment.length > 0);
}

/** Writes a recording of these moments into a directory; its path. */
export async function recorded(
  directory: string,
  batches: readonly (readonly FaultscopeRecord[])[],
  name = 'x.fscope',
): Promise<string> {
  const path = join(directory, name);
  const writer = await RecordingWriter.create(path, { force: true });
  for (const batch of batches) writer.write(batch);
  await writer.close();
  return path;
}

/** All that can be read of a recording, and how far it can be trusted. */
export function readAll(path: string): {
  readonly batches: (readonly FaultscopeRecord[])[];
  readonly warnings: readonly string[];
} {
  const recording = openRecording(path);
  try {
    const batches = [...recording.batches()];
    return { batches, warnings: recording.warnings };
  } finally {
    recording.close();
  }
}
