import { MAX_STRING } from './encoder.js';

/** The bytes are none that we write. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

const TWO_32 = 2 ** 32;

/** Reads what {@link Encoder} wrote, believing none of it. Throws DamagedError. */
export class Decoder {
  readonly #bytes: Buffer;
  #at = 0;
  readonly #near: number[] = [];
  readonly #high: number[] = [];
  readonly #low: number[] = [];
  readonly #strings: string[] = [];
  readonly #word = new DataView(new ArrayBuffer(8));

  constructor(
    bytes: Uint8Array,
    /** The format's version, from the file's header. */
    readonly version: number,
  ) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new DamagedError('cut off');
    this.#at += 1;
    return value;
  }

  uint(): number {
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let unit = 0x80;
    do {
      byte = this.byte();
      value += (byte & 0x7f) * unit;
      unit *= 0x80;
    } while (byte >= 0x80 && unit < TWO_32 * TWO_32);
    if (value > Number.MAX_SAFE_INTEGER) throw new DamagedError('a number that is too large');
    return value;
  }

  near(slot: number): number {
    const value = (this.#near[slot] ?? 0) + unzigzag(this.uint());
    this.#near[slot] = value;
    return value;
  }

  uint64(slot: number): bigint {
    const told = this.uint();
    if (told === 0) this.#whole(slot);
    else this.#apart(slot, unzigzag(told - 1));
    return this.#word.getBigUint64(0);
  }

  string(): string {
    const told = this.uint();
    if (told > 0) {
      const known = this.#strings[told - 1];
      if (known === undefined) throw new DamagedError('a name that was not told');
      return known;
    }
    const text = this.#text();
    this.#strings.push(text);
    return text;
  }

  #whole(slot: number): void {
    if (this.#at + 8 > this.#bytes.length) throw new DamagedError('cut off');
    this.#keep(slot, this.#bytes.readUInt32LE(this.#at + 4), this.#bytes.readUInt32LE(this.#at));
    this.#at += 8;
  }

  #apart(slot: number, apart: number): void {
    const sum = (this.#low[slot] ?? 0) + apart;
    const carry = Math.floor(sum / TWO_32);
    const high = (this.#high[slot] ?? 0) + carry;
    if (high < 0 || high >= TWO_32) throw new DamagedError('a number beyond 64 bits');
    this.#keep(slot, high, sum - carry * TWO_32);
  }

  #keep(slot: number, high: number, low: number): void {
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#word.setUint32(0, high);
    this.#word.setUint32(4, low);
  }

  #text(): string {
    const told = this.uint();
    const isUtf16 = told % 2 === 1;
    const bytes = Math.floor(told / 2);
    const end = this.#at + bytes;
    if (end > this.#bytes.length) throw new DamagedError('cut off');
    const text = this.#bytes.toString(isUtf16 ? 'utf16le' : 'utf8', this.#at, end);
    if (text.length > MAX_STRING) throw new DamagedError('a name that is too long');
    this.#at = end;
    return text;
  }
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
