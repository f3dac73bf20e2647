import { ftruncateSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { FaultscopeError } from '../errors.js';
import { fileError } from '../export/file-error.js';
import type { WriteOptions } from '../export/write-file.js';
import type { FaultscopeRecord } from '../record/record.js';
import { type FrameKind, fileHeader } from './frames.js';
import { openNewFile } from './new-file.js';
import { Packer } from './packer.js';
import { FORMAT_VERSION } from './shapes.js';

/** What a power loss may cost, beside what the disk itself has not written. */
const SYNC_EVERY_MS = 2000;

/**
 * Writes a recording. It only ever grows, by whole frames: whatever ends the program, what was written before can be read.
 * A disk that is full or fails ends the recording, not the session: the file is cut back to its last whole frame.
 */
export class RecordingWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #packer = new Packer();
  #length = 0;
  #error: FaultscopeError | null = null;
  #syncing: Promise<void> | null = null;
  #syncedMs = 0;

  /** Throws FaultscopeError where no file can be made there (exit code 2), or nothing written to it (1). */
  static async create(path: string, options: WriteOptions): Promise<RecordingWriter> {
    const writer = new RecordingWriter(await openNewFile(path, options), path);
    writer.#append(fileHeader(FORMAT_VERSION));
    if (writer.#error === null) return writer;
    await writer.close();
    throw writer.#error;
  }

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** Descriptor of the file: as long as it is open it can be read by /proc/self/fd/N, even without a name. */
  get fd(): number {
    return this.#file.fd;
  }

  /** The file's length. */
  get bytes(): number {
    return this.#length;
  }

  /** What ended the recording; null as long as it goes on. */
  get error(): FaultscopeError | null {
    return this.#error;
  }

  /** Records that the format has no room for, which are missing in the file. */
  get leftOut(): number {
    return this.#packer.leftOut;
  }

  /**
   * All records of one moment, a tick or the end being the last of them. They are with the kernel when it returns, and on the disk
   * within seconds. False where the recording has ended ({@link error}): nothing is written any more.
   */
  write(records: readonly FaultscopeRecord[]): boolean {
    return this.#put('moment', records);
  }

  /** What a reader that begins here must know of what was before. */
  keyframe(records: readonly FaultscopeRecord[]): boolean {
    return this.#put('keyframe', records);
  }

  /** Resolves when all is on the disk. Afterwards {@link error} says whether it is. */
  async close(): Promise<void> {
    await this.#syncing;
    if (this.#error === null) await this.#sync();
    await this.#file.close();
  }

  #put(kind: FrameKind, records: readonly FaultscopeRecord[]): boolean {
    for (const frame of this.#packer.frames(kind, records)) this.#append(frame);
    if (this.#error !== null) return false;
    this.#syncNowAndThen();
    return true;
  }

  #append(bytes: Buffer): void {
    if (this.#error !== null) return;
    try {
      let written = 0;
      while (written < bytes.length) {
        written += writeSync(this.#file.fd, bytes, written, bytes.length - written, this.#length + written);
      }
      this.#length += bytes.length;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The half frame would do no harm, but would be taken for damage. */
  #fail(error: unknown): void {
    this.#error ??= fileError(this.#path, error);
    try {
      ftruncateSync(this.#file.fd, this.#length);
    } catch {
      // A disk that fails may refuse this as well; a reader stops at the last whole frame in any case.
    }
  }

  #syncNowAndThen(): void {
    const nowMs = performance.now();
    if (this.#syncing !== null || nowMs - this.#syncedMs < SYNC_EVERY_MS) return;
    this.#syncedMs = nowMs;
    this.#syncing = this.#sync().finally(() => {
      this.#syncing = null;
    });
  }

  async #sync(): Promise<void> {
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#fail(error);
    }
  }
}
