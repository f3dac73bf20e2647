/** How many bytes are mapped of what has a name, brought up to date with every change: thousands of mappings have a handful of names. */
export class MappedBytes {
  readonly #bytes = new Map<string, number>();

  add(key: string, bytes: number): void {
    const sum = (this.#bytes.get(key) ?? 0) + bytes;
    if (sum > 0) this.#bytes.set(key, sum);
    else this.#bytes.delete(key);
  }

  of(key: string): number {
    return this.#bytes.get(key) ?? 0;
  }
}
