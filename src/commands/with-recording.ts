import { openRecording, type Recording } from '../recording/recording.js';
import { warnOfRecording } from './warn-of-recording.js';

/** Opens a recording for as long as `use` takes, and says on stderr how far it can be trusted. Throws FaultscopeError. */
export async function withRecording<T>(path: string, use: (recording: Recording) => T | Promise<T>): Promise<T> {
  const recording = openRecording(path);
  try {
    const made = await use(recording);
    warnOfRecording(path, recording.warnings);
    return made;
  } finally {
    recording.close();
  }
}
