import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { O_PATH } from '../o-path.js';

/** What one read may ask for: more is a corrupt file's idea of a size. */
const LONGEST_READ = 128 * 1024 * 1024;

/** Small reads that lie near each other share one system call. */
const WINDOW = 16 * 1024;

const CHUNK = 1024 * 1024;

/** Bounded reads in a file that may be huge, corrupt or hostile. Nothing here throws: what cannot be read is null. */
export class FileView {
  readonly size: number;
  /** Null once closed: the number may be another file's by then. */
  #fd: number | null;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  private constructor(fd: number, size: number) {
    this.#fd = fd;
    this.size = size;
  }

  /** Null where there is no such file, it may not be read, or it is no regular file. */
  static open(path: string): FileView | null {
    let held: number | null = null;
    try {
      // To open a device may do something, and to open a FIFO waits for a writer: looked at before.
      held = openSync(path, O_PATH);
      const stat = fstatSync(held);
      return stat.isFile() ? new FileView(openSync(`/proc/self/fd/${held}`, 'r'), stat.size) : null;
    } catch {
      return null;
    } finally {
      if (held !== null) closeSync(held);
    }
  }

  /** Exactly so many bytes, never to be written to; null where the file does not have them. */
  read(offset: number, length: number): Buffer | null {
    if (!(offset >= 0 && length >= 0 && length <= LONGEST_READ && offset + length <= this.size)) return null;
    if (length > WINDOW) return this.#pread(offset, length);
    if (offset < this.#windowStart || offset + length > this.#windowStart + this.#window.length) {
      const bytes = this.#pread(offset, Math.min(WINDOW, this.size - offset));
      if (bytes === null) return null;
      this.#window = bytes;
      this.#windowStart = offset;
    }
    const start = offset - this.#windowStart;
    return this.#window.subarray(start, start + length);
  }

  /** A range piece by piece; each piece but the first repeats the last `overlap` bytes of the one before. */
  *chunks(start: number, end: number, overlap: number): Generator<{ readonly offset: number; readonly bytes: Buffer }> {
    const last = Math.min(end, this.size);
    for (let offset = start; offset < last; offset += CHUNK) {
      const bytes = this.read(offset, Math.min(CHUNK + overlap, last - offset));
      if (bytes === null) return;
      yield { offset, bytes };
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    this.#window = Buffer.alloc(0);
  }

  #pread(offset: number, length: number): Buffer | null {
    if (this.#fd === null) return null;
    // Not pooled and never reused: a caller may keep what it was given.
    const bytes = Buffer.alloc(length);
    try {
      let done = 0;
      while (done < length) {
        const count = readSync(this.#fd, bytes, done, length - done, offset + done);
        if (count === 0) return null;
        done += count;
      }
      return bytes;
    } catch {
      return null;
    }
  }
}

/** The entries of a table of entries of one size, one by one; what is left of the range behind the last is no entry. */
export function* entries(view: FileView, start: number, end: number, size: number): Generator<Buffer> {
  // A chunk is no multiple of an entry's size: the overlap gives the one that a border cuts, at a phase of its own.
  for (const { offset, bytes } of view.chunks(start, end, size - 1)) {
    const phase = (size - ((offset - start) % size)) % size;
    for (let at = phase; at + size <= bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
}

/** Where a byte sequence stands in a range of the file, each place once, in order. */
export function* occurrences(view: FileView, start: number, end: number, needle: Buffer): Generator<number> {
  for (const { offset, bytes } of view.chunks(start, end, needle.length - 1)) {
    for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + 1)) yield offset + at;
  }
}

/** The first so many: a hostile file can hold what is looked for a million times. */
export function* first<T>(count: number, all: Iterable<T>): Generator<T> {
  let left = count;
  for (const one of all) {
    if (left === 0) return;
    left -= 1;
    yield one;
  }
}
