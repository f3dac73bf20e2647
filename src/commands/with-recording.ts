import type { OpenedFile } from '../recording/opened-file.js';
import { type Recording, readRecording } from '../recording/recording.js';
import { warnOfRecording } from './warn-of-recording.js';

/** Reads a recording for as long as `use` takes, and says on stderr how far it can be trusted. Throws FaultscopeError. */
export async function withRecording<T>(file: OpenedFile, use: (recording: Recording) => T | Promise<T>): Promise<T> {
  const recording = readRecording(file);
  try {
    const made = await use(recording);
    warnOfRecording(file.path, recording.warnings);
    return made;
  } finally {
    recording.close();
  }
}
