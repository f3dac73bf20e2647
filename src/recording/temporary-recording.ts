import { unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FaultscopeError } from '../errors.js';
import { fileError } from '../export/file-error.js';
import { temporaryPath, withPlace } from '../export/temporary-file.js';
import type { FaultscopeRecord } from '../record/record.js';
import { openRecording, type Recording } from './recording.js';
import { RecordingWriter } from './writer.js';

/**
 * A recording without a name, for what is to be played when the session is over: however the program ends, no file is left.
 * It takes room on the disk of the file it is made for.
 */
export class TemporaryRecording {
  readonly #writer: RecordingWriter;
  #moment: FaultscopeRecord[] = [];

  /** In the directory of `path`. Throws FaultscopeError as {@link RecordingWriter.create} does. */
  static async beside(path: string): Promise<TemporaryRecording> {
    try {
      return await withPlace(path, async (place) => {
        const name = temporaryPath(place);
        const writer = await RecordingWriter.create(name, { force: false });
        await unlink(name);
        return new TemporaryRecording(writer);
      });
    } catch (error) {
      throw fileError(dirname(path), error);
    }
  }

  private constructor(writer: RecordingWriter) {
    this.#writer = writer;
  }

  /** What ended it before the session did, e.g. a full disk; null where nothing has. */
  get error(): FaultscopeError | null {
    return this.#writer.error;
  }

  add(record: FaultscopeRecord): void {
    this.#moment.push(record);
    if (record.kind !== 'tick' && record.kind !== 'end') return;
    this.#writer.write(this.#moment);
    this.#moment = [];
  }

  /** All that was added up to the last tick or the end. Throws {@link error}. */
  open(): Recording {
    if (this.#writer.error !== null) throw this.#writer.error;
    return openRecording(`/proc/self/fd/${this.#writer.fd}`);
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}
