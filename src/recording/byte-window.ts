import { readSync } from 'node:fs';

const CHUNK_BYTES = 256 * 1024;

/** Reads a file of any size in pieces, forwards. */
export class ByteWindow {
  readonly #fd: number;
  #bytes = Buffer.alloc(0);
  /** Where in the file `#bytes` begins. */
  #from = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** So many bytes from there on, fewer where the file ends; only valid until the next call. */
  at(position: number, length: number): Buffer {
    const isInside = position >= this.#from && position + length <= this.#from + this.#bytes.length;
    if (!isInside) this.#read(position, Math.max(length, CHUNK_BYTES));
    return this.#bytes.subarray(position - this.#from, position - this.#from + length);
  }

  /** Where these bytes come next, there or after it; null where they do not. */
  find(wanted: Buffer, position: number): number | null {
    let from = position;
    for (;;) {
      const bytes = this.at(from, CHUNK_BYTES);
      const found = bytes.indexOf(wanted);
      if (found >= 0) return from + found;
      if (bytes.length < CHUNK_BYTES) return null;
      from += bytes.length - wanted.length + 1;
    }
  }

  #read(position: number, length: number): void {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const more = readSync(this.#fd, bytes, read, length - read, position + read);
      if (more === 0) break;
      read += more;
    }
    this.#bytes = bytes.subarray(0, read);
    this.#from = position;
  }
}
