/** A part of an address space and what lies there; `end` is exclusive. */
export interface AddressRange<T> {
  readonly start: bigint;
  readonly end: bigint;
  readonly value: T;
}

/**
 * An address space as far as it is known. What was said last of an address is true: a new range cuts away what it covers of
 * older ones, as mmap(2) does. When it is full it forgets everything, so that two of them told the same stay the same.
 */
export class AddressRanges<T> {
  readonly #limit: number;
  readonly #changed: (value: T, bytes: number) => void;
  /** In order of address, without overlap. */
  #ranges: AddressRange<T>[] = [];

  /** `changed` hears how many bytes more, or fewer, lie under a value. */
  constructor(limit: number, changed: (value: T, bytes: number) => void = () => {}) {
    this.#limit = limit;
    this.#changed = changed;
  }

  set(start: bigint, end: bigint, value: T): void {
    if (this.#ranges.length >= this.#limit) this.#take(this.#ranges.splice(0));
    this.#replace(start, end, [{ start, end, value }]);
  }

  /** From now on nothing is known of these addresses. */
  clear(start: bigint, end: bigint): void {
    this.#replace(start, end, []);
  }

  /** Null where nothing is known of the address. */
  find(address: bigint): T | null {
    return this.rangeAt(address)?.value ?? null;
  }

  /** The range that an address is in, as far as newer ones have left it; null where nothing is known. */
  rangeAt(address: bigint): AddressRange<T> | null {
    const range = this.#ranges[this.#firstEndingAfter(address)];
    return range !== undefined && range.start <= address ? range : null;
  }

  list(): readonly AddressRange<T>[] {
    return this.#ranges;
  }

  #replace(start: bigint, end: bigint, by: readonly AddressRange<T>[]): void {
    const from = this.#firstEndingAfter(start);
    let to = from;
    while ((this.#ranges[to]?.start ?? end) < end) to += 1;
    const [first, last] = [this.#ranges[from], this.#ranges[to - 1]];
    const parts = [...by];
    if (to > from && first !== undefined && first.start < start) parts.unshift({ ...first, end: start });
    if (to > from && last !== undefined && last.end > end) parts.push({ ...last, start: end });
    this.#take(this.#ranges.splice(from, to - from, ...parts));
    for (const range of parts) this.#changed(range.value, Number(range.end - range.start));
  }

  #take(gone: readonly AddressRange<T>[]): void {
    for (const range of gone) this.#changed(range.value, -Number(range.end - range.start));
  }

  #firstEndingAfter(address: bigint): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.end ?? 0n) > address) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
