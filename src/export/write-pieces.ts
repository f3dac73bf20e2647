import type { FileHandle } from 'node:fs/promises';
import { fileError } from './file-error.js';

/**
 * Pieces may be single lines: what is written at once is about this much at least, in bytes or characters. Beyond 128 KiB a
 * string is no longer among V8's small objects, and putting it together takes fifteen times as long.
 */
const CHUNK_LENGTH = 1 << 16;

/** Gathers the pieces of one file until they are worth a system call. Text becomes UTF-8. */
export class Gathered {
  #parts: Uint8Array[] = [];
  #text = '';
  #length = 0;

  /** All that was gathered where that is enough, else null. */
  add(piece: string | Uint8Array): Uint8Array | null {
    this.#length += piece.length;
    if (typeof piece === 'string') this.#text += piece;
    else {
      this.#endText();
      this.#parts.push(piece);
    }
    return this.#length < CHUNK_LENGTH ? null : this.take();
  }

  /** All that was gathered, maybe nothing. */
  take(): Uint8Array {
    this.#endText();
    const chunk = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return chunk;
  }

  #endText(): void {
    if (this.#text !== '') this.#parts.push(Buffer.from(this.#text));
    this.#text = '';
  }
}

/** Appends pieces to one file. What fails it throws as a FaultscopeError of the file's path. */
export class PieceWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #gathered = new Gathered();
  #bytes = 0;

  constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** How many bytes it has written. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Null where it only gathers: nothing has to be waited for. */
  add(piece: string | Uint8Array): Promise<void> | null {
    const chunk = this.#gathered.add(piece);
    return chunk === null ? null : this.#write(chunk);
  }

  /** When it resolves, all of it is on the disk. */
  async finish(): Promise<void> {
    await this.#write(this.#gathered.take());
    await this.#file.sync().catch((error: unknown) => this.#fail(error));
  }

  async #write(chunk: Uint8Array): Promise<void> {
    await this.#file.writeFile(chunk).catch((error: unknown) => this.#fail(error));
    this.#bytes += chunk.byteLength;
  }

  #fail(error: unknown): never {
    throw fileError(this.#path, error);
  }
}
