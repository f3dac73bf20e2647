import { readWord } from './header.js';

/** Reads little-endian values one after the other. Beyond the end it is broken, stays so, and everything reads as 0. */
export class DwarfCursor {
  readonly #bytes: Buffer;
  #at: number;
  #isBroken = false;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  skip(length: number): void {
    this.#take(length);
  }

  unsigned(length: 1 | 2 | 3 | 4 | 8): number {
    const at = this.#take(length);
    if (at === null) return 0;
    return length === 8 ? readWord(this.#bytes, at, true) : this.#bytes.readUIntLE(at, length);
  }

  /** LEB128 (DWARF 5, 7.6); what does not fit 2^53 is inexact. */
  uleb(): number {
    return this.#leb().value;
  }

  sleb(): number {
    const { value, scale, isNegative } = this.#leb();
    return isNegative ? value - scale : value;
  }

  /** Up to the zero byte, which is passed over. */
  string(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (this.#isBroken || end === -1) {
      this.#isBroken = true;
      return '';
    }
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** Like {@link string}, without making one of it. */
  skipString(): void {
    const end = this.#bytes.indexOf(0, this.#at);
    this.#take(end === -1 ? Number.POSITIVE_INFINITY : end + 1 - this.#at);
  }

  #leb(): { readonly value: number; readonly scale: number; readonly isNegative: boolean } {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = this.unsigned(1);
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80 || this.#isBroken) return { value, scale, isNegative: (byte & 0x40) !== 0 };
    }
  }

  #take(length: number): number | null {
    const at = this.#at;
    if (this.#isBroken || !(at + length <= this.#bytes.length)) {
      this.#isBroken = true;
      return null;
    }
    this.#at += length;
    return at;
  }
}
