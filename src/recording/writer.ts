import { ftruncateSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { ExitCode, FaultscopeError } from '../errors.js';
import { fileError } from '../export/file-error.js';
import type { WriteOptions } from '../export/write-file.js';
import type { FaultscopeRecord } from '../record/record.js';
import { FILE_HEADER_BYTES, fileHeader, RING_SLOTS } from './frames.js';
import { openNewFile } from './new-file.js';
import { numbered, type PackedFrame, Packer } from './packer.js';
import { Ring } from './ring.js';
import { FORMAT_VERSION } from './shapes.js';

/** What a power loss may cost, beside what the disk itself has not written. */
const SYNC_EVERY_MS = 2000;

/** A file that keeps what came last. */
export interface RingOptions {
  readonly maxBytes: number;
  /** What a reader must know of all that was written so far: another part of the file begins with it. */
  readonly keyframe: () => readonly FaultscopeRecord[];
}

export interface RecordingOptions extends WriteOptions {
  readonly ring?: RingOptions;
}

/**
 * Writes a recording. Without a ring it only ever grows, by whole frames: whatever ends the program, what was written before can be read.
 * A disk that is full or fails ends the recording, not the session: the file is cut back to its last whole frame.
 */
export class RecordingWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #packer = new Packer();
  readonly #options: RecordingOptions;
  readonly #ring: Ring | null;
  /** The file's length; where there is no ring the next frame goes there. */
  #length = 0;
  #number = 0;
  #error: FaultscopeError | null = null;
  #syncing: Promise<void> | null = null;
  #syncedMs = 0;

  /** Throws FaultscopeError where no file can be made there (exit code 2), or nothing written to it (1). */
  static async create(path: string, options: RecordingOptions): Promise<RecordingWriter> {
    const writer = new RecordingWriter(await openNewFile(path, options), path, options);
    writer.#writeAt(0, fileHeader(FORMAT_VERSION, writer.#ring?.slotBytes ?? 0));
    if (writer.#error === null) return writer;
    await writer.close();
    throw writer.#error;
  }

  private constructor(file: FileHandle, path: string, options: RecordingOptions) {
    this.#file = file;
    this.#path = path;
    this.#options = options;
    this.#ring = options.ring === undefined ? null : new Ring(options.ring.maxBytes);
  }

  /** Descriptor of the file: as long as it is open it can be read by /proc/self/fd/N, even without a name. */
  get fd(): number {
    return this.#file.fd;
  }

  /** The file's length. */
  get bytes(): number {
    return this.#length;
  }

  /** When the oldest moment that a ring has kept was; null as long as all are kept. */
  get keptFromNs(): bigint | null {
    return this.#ring?.keptFromNs ?? null;
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
    const frames = this.#packer.frames('moment', records);
    if (this.#ring !== null && !this.#ring.hasRoom(bytesOf(frames))) this.#turn(this.#ring, bytesOf(frames));
    return this.#put(frames);
  }

  /** What a reader that begins here must know of what was before: where a recording begins in mid-session. */
  keyframe(records: readonly FaultscopeRecord[]): boolean {
    return this.#put(this.#packer.frames('keyframe', records));
  }

  /** Resolves when all is on the disk. Afterwards {@link error} says whether it is. */
  async close(): Promise<void> {
    await this.#syncing;
    if (this.#error === null) await this.#sync();
    await this.#file.close();
  }

  #put(frames: readonly PackedFrame[]): boolean {
    for (const frame of frames) this.#append(frame);
    if (this.#error !== null) return false;
    this.#syncNowAndThen();
    return true;
  }

  /** Over the oldest part of the ring, with all that has to be known of what was before. */
  #turn(ring: Ring, momentBytes: number): void {
    const frames = this.#packer.frames('keyframe', this.#options.ring?.keyframe() ?? []);
    ring.turn();
    const needed = bytesOf(frames) + momentBytes;
    if (ring.hasRoom(needed)) for (const frame of frames) this.#append(frame);
    else this.#fail(tooSmall(this.#path, needed));
  }

  #append(frame: PackedFrame): void {
    this.#writeAt(this.#ring?.position ?? this.#length, numbered(frame, this.#number));
    if (this.#error !== null) return;
    this.#number += 1;
    this.#ring?.wrote(frame.bytes, frame.atNs);
  }

  #writeAt(position: number, bytes: Buffer): void {
    if (this.#error !== null) return;
    try {
      let written = 0;
      while (written < bytes.length) {
        written += writeSync(this.#file.fd, bytes, written, bytes.length - written, position + written);
      }
      this.#length = Math.max(this.#length, position + bytes.length);
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

function bytesOf(frames: readonly PackedFrame[]): number {
  return frames.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Room for a dozen moments beside the keyframe: with less, most of the file would be keyframes. */
const MARGIN = 4;

function tooSmall(path: string, needed: number): FaultscopeError {
  const mebibytes = Math.ceil((FILE_HEADER_BYTES + RING_SLOTS * needed * MARGIN) / 2 ** 20);
  return new FaultscopeError({
    exitCode: ExitCode.failed,
    message: `${path} is too small for a target of this size`,
    hint: `give --max-size ${mebibytes}M or more`,
  });
}
