/** Remembers the values set or asked for last: at least so many of them, and at most twice as many. */
export class Latest<Key, Value> {
  readonly #least: number;
  #values = new Map<Key, Value>();
  /** Those that were not touched since {@link #values} was begun. Two maps, as moving a key to the end of one costs more. */
  #older = new Map<Key, Value>();

  constructor(least: number) {
    this.#least = least;
  }

  get(key: Key): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) return value;
    const older = this.#older.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: Key, value: Value): void {
    if (this.#values.size >= this.#least) {
      this.#older = this.#values;
      this.#values = new Map();
    }
    this.#values.set(key, value);
  }
}
