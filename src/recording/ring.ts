import { FILE_HEADER_BYTES, RING_SLOTS } from './frames.js';

/** Where the frames of a file of bounded size go: into one slot after the other, and then over the oldest. */
export class Ring {
  readonly slotBytes: number;
  #slot = 0;
  #used = 0;
  #hasDropped = false;
  /** By slot: when what is in it begins; null where nothing is yet. */
  readonly #beganNs: (bigint | null)[] = Array.from({ length: RING_SLOTS }, () => null);

  constructor(maxBytes: number) {
    this.slotBytes = Math.floor((maxBytes - FILE_HEADER_BYTES) / RING_SLOTS);
  }

  /** Where the next frame goes. */
  get position(): number {
    return FILE_HEADER_BYTES + this.#slot * this.slotBytes + this.#used;
  }

  /** When the oldest of what is kept begins; null as long as all is kept. */
  get keptFromNs(): bigint | null {
    if (!this.#hasDropped) return null;
    const known = this.#beganNs.filter((atNs) => atNs !== null);
    return known.reduce<bigint | null>((first, atNs) => (first === null || atNs < first ? atNs : first), null);
  }

  hasRoom(bytes: number): boolean {
    return this.#used + bytes <= this.slotBytes;
  }

  /** On to the next slot; what was in it is gone. */
  turn(): void {
    this.#slot = (this.#slot + 1) % RING_SLOTS;
    this.#used = 0;
    this.#hasDropped ||= this.#beganNs[this.#slot] !== null;
    this.#beganNs[this.#slot] = null;
  }

  /** So many bytes were written, a frame of that time. */
  wrote(bytes: number, atNs: bigint): void {
    this.#used += bytes;
    this.#beganNs[this.#slot] ??= atNs;
  }
}
