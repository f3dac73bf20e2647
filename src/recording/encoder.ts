/** A value that its field has no room for: what a real session never tells. */
export class MisfitError extends Error {
  override readonly name = 'MisfitError';
}

/** The most characters of one name or path that are kept; longer ones are cut. */
export const MAX_STRING = 16_384;

const TWO_32 = 2 ** 32;
/** Differences within this, either way, are told as such: their zigzag number is exact in a double. */
const NEAR = 2 ** 51;

/**
 * Writes one frame's payload. Numbers are varints (seven bits a byte, lowest first). What a field was last is kept by its
 * slot, so that the next value can be told as the difference: a payload stands for itself, whatever was before it.
 */
export class Encoder {
  #bytes = Buffer.allocUnsafe(65_536);
  #at = 0;
  readonly #near = new Map<number, number>();
  readonly #high = new Map<number, number>();
  readonly #low = new Map<number, number>();
  readonly #strings = new Map<string, number>();
  readonly #word = new DataView(new ArrayBuffer(8));

  get length(): number {
    return this.#at;
  }

  /** What was written since the last call; only valid until the next value is written. A new payload begins. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#at);
    this.#at = 0;
    this.#near.clear();
    this.#high.clear();
    this.#low.clear();
    this.#strings.clear();
    return taken;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  /** A whole number from 0 to 2^53 - 1. */
  uint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#at] = (rest % 0x80) | 0x80;
      this.#at += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at] = rest;
    this.#at += 1;
  }

  /** A whole number from 0 to 2^51 - 1, as the difference from the one before in this slot. */
  near(slot: number, value: number): void {
    this.uint(zigzag(value - (this.#near.get(slot) ?? 0)));
    this.#near.set(slot, value);
  }

  /** Any 64 bits, as the difference from those before in this slot. */
  uint64(slot: number, value: bigint): void {
    this.#word.setBigUint64(0, value);
    const high = this.#word.getUint32(0);
    const low = this.#word.getUint32(4);
    const apart = (high - (this.#high.get(slot) ?? 0)) * TWO_32 + (low - (this.#low.get(slot) ?? 0));
    this.#high.set(slot, high);
    this.#low.set(slot, low);
    if (apart > -NEAR && apart < NEAR) return this.uint(zigzag(apart) + 1);
    this.#reserve(9);
    this.#bytes[this.#at] = 0;
    this.#bytes.writeUInt32LE(low, this.#at + 1);
    this.#bytes.writeUInt32LE(high, this.#at + 5);
    this.#at += 9;
  }

  /** In full where this payload has not had it, else by its number. */
  string(value: string): void {
    const known = this.#strings.get(value);
    if (known !== undefined) return this.uint(known + 1);
    this.#strings.set(value, this.#strings.size);
    this.uint(0);
    this.#text(value.length > MAX_STRING ? value.slice(0, MAX_STRING) : value);
  }

  /** UTF-8 where that holds every bit of it, else (half a surrogate pair) UTF-16: names are what somebody chose. */
  #text(text: string): void {
    const utf8 = Buffer.from(text, 'utf8');
    const isExact = utf8.length === text.length || utf8.toString('utf8') === text;
    const bytes = isExact ? utf8 : Buffer.from(text, 'utf16le');
    this.uint(bytes.length * 2 + (isExact ? 0 : 1));
    this.#reserve(bytes.length);
    bytes.copy(this.#bytes, this.#at);
    this.#at += bytes.length;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** 0, -1, 1, -2, 2... as 0, 1, 2, 3, 4... */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
