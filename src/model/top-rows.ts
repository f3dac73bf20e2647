interface Sums {
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number;
}

/** What was added up under one key. */
export interface TopRow<Of> extends Sums {
  readonly of: Of;
}

/** Sums by key: where there are more keys than there is room for, the half with least time is forgotten. */
export class TopRows<Of> {
  readonly #limit: number;
  readonly #rows = new Map<string, TopRow<Of>>();
  #dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Rows that had to go. */
  get dropped(): number {
    return this.#dropped;
  }

  add(key: string, of: Of, { count, totalNs, maxNs }: Sums): void {
    const before = this.#rows.get(key);
    this.#rows.set(key, {
      of,
      count: count + (before?.count ?? 0),
      totalNs: totalNs + (before?.totalNs ?? 0),
      maxNs: Math.max(maxNs, before?.maxNs ?? 0),
    });
    if (this.#rows.size > this.#limit) this.#dropLeast();
  }

  /** Those with most time, at most `most`. */
  top(most: number, wanted: (of: Of) => boolean = () => true): readonly TopRow<Of>[] {
    return [...this.#rows.values()]
      .filter(({ of }) => wanted(of))
      .sort((a, b) => b.totalNs - a.totalNs)
      .slice(0, most);
  }

  /** Those that stay keep their order. */
  #dropLeast(): void {
    const least = [...this.#rows].sort(([, a], [, b]) => a.totalNs - b.totalNs).slice(0, this.#limit / 2);
    for (const [key] of least) this.#rows.delete(key);
    this.#dropped += least.length;
  }
}
