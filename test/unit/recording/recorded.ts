import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { FILE_HEADER_BYTES, FRAME_HEADER_BYTES } from '../../../src/recording/frames.js';
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

/** Where each frame of a recording begins, and where the last one ends. */
export function framesIn(bytes: Buffer): number[] {
  const starts = [];
  for (let at = FILE_HEADER_BYTES; at < bytes.length; at += FRAME_HEADER_BYTES + bytes.readUInt32LE(at + 12)) {
    starts.push(at);
  }
  return [...starts, bytes.length];
}

/** Changes a bit in the payload of the frame of that index; the path again. */
export function damaged(path: string, index: number): string {
  const bytes = readFileSync(path);
  const at = (framesIn(bytes)[index] ?? 0) + FRAME_HEADER_BYTES + 18;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
  return path;
}
