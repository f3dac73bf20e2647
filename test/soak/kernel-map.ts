type Row = [count: number, total: number, max: number];

/** A map of bpftrace with a row (n, total, max) a key: what it has no room for is counted as lost. */
export class KernelMap {
  readonly #limit: number;
  readonly #rows = new Map<string, Row>();
  readonly #changed = new Set<string>();
  lost = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** False where it is full. */
  add(key: string, ns: number, count = 1): boolean {
    let row = this.#rows.get(key);
    if (row === undefined) {
      if (this.#rows.size >= this.#limit) {
        this.lost += count;
        return false;
      }
      row = [0, 0, 0];
      this.#rows.set(key, row);
    }
    row[0] += count;
    row[1] += ns;
    if (ns > row[2]) row[2] = ns;
    this.#changed.add(key);
    return true;
  }

  clear(): void {
    this.#rows.clear();
    this.#changed.clear();
  }

  /** Rows that have changed since the last call: the others would say what they said before. */
  *print(line: (key: string, row: Readonly<Row>) => string): Generator<string> {
    for (const key of this.#changed) {
      const row = this.#rows.get(key);
      if (row !== undefined) yield line(key, row);
    }
    this.#changed.clear();
  }
}

/** `@name[key]: (n, total, max)` */
export function tuple(name: string): (key: string, row: Readonly<Row>) => string {
  return (key, [count, total, max]) => `@${name}[${key}]: (${count}, ${total}, ${max})`;
}

/** `@name[key]: (n, total)` */
export function pair(name: string): (key: string, row: Readonly<Row>) => string {
  return (key, [count, total]) => `@${name}[${key}]: (${count}, ${total})`;
}

/** `@name[key]: n` */
export function number(name: string): (key: string, row: Readonly<Row>) => string {
  return (key, [count]) => `@${name}[${key}]: ${count}`;
}

/** As the scripts pack it: four to an octave. */
export function bucketOf(ns: number): number {
  if (ns < 4) return ns;
  const octave = 31 - Math.clz32(ns / 2 ** 20 >= 1 ? ns / 2 ** 20 : ns) + (ns >= 2 ** 20 ? 20 : 0);
  return octave * 4 + (Math.floor(ns / 2 ** (octave - 2)) & 3);
}

/** tid << 42 | generation << 28 | code << 8 | low */
export function cellKey(tid: number, generation: number, code: number, low: number): string {
  return String((BigInt(tid) << 42n) | (BigInt(generation) << 28n) | BigInt(code * 256 + low));
}
