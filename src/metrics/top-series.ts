import { type Labels, type Sample, seriesKey } from './family.js';

/** Series told apart at a time, besides the one of all others. */
const MOST_SERIES = 20;
/** A series to which nothing has come for so long makes room for another. */
const IDLE_NS = 600_000_000_000n;

interface Series {
  readonly sample: Sample;
  value: number;
  grownAtNs: bigint;
}

/**
 * The samples of a counter by what the target happens to use, as series that Prometheus can take rates of: each only grows,
 * all together grow by exactly what the family grew by, and there are at most {@link MOST_SERIES} and one for the others.
 */
export class TopSeries {
  readonly #series = new Map<string, Series>();
  /** What each row had come to at the last update of this session. */
  #before = new Map<string, number>();
  #totalBefore = 0;
  #others: Series | null = null;

  /** All rows of the family, which add up to its total. */
  update(rows: readonly Sample[], others: Labels, nowNs: bigint): void {
    const total = rows.reduce((sum, { value }) => sum + value, 0);
    let left = Math.max(0, total - this.#totalBefore);
    this.#totalBefore = Math.max(total, this.#totalBefore);
    const isOthers = (row: Sample) => sameLabels(row.labels, others);
    const before = this.#before;
    this.#before = new Map(rows.map((row) => [seriesKey(row), row.value]));
    for (const row of [...rows].sort((a, b) => b.value - a.value)) {
      if (isOthers(row)) continue;
      const key = seriesKey(row);
      const grown = Math.min(left, Math.max(0, row.value - (before.get(key) ?? 0)));
      const series = this.#admitted(key, row, nowNs);
      if (grown === 0 || series === null) continue;
      series.value += grown;
      series.grownAtNs = nowNs;
      left -= grown;
    }
    if (left === 0) return;
    this.#others ??= { sample: { suffix: '_total', labels: others, value: 0 }, value: 0, grownAtNs: nowNs };
    this.#others.value += left;
  }

  /** The next update is of a session that began from nought. */
  sessionEnded(): void {
    this.#before.clear();
    this.#totalBefore = 0;
  }

  samples(): Sample[] {
    const all = [...this.#series.values(), ...(this.#others === null ? [] : [this.#others])];
    return all.map(({ sample, value }) => ({ ...sample, value }));
  }

  #admitted(key: string, sample: Sample, nowNs: bigint): Series | null {
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (this.#series.size >= MOST_SERIES && !this.#makeRoom(nowNs)) return null;
    const series = { sample, value: 0, grownAtNs: nowNs };
    this.#series.set(key, series);
    return series;
  }

  #makeRoom(nowNs: bigint): boolean {
    const [idlest] = [...this.#series].sort(([, a], [, b]) => Number(a.grownAtNs - b.grownAtNs));
    if (idlest === undefined || nowNs - idlest[1].grownAtNs < IDLE_NS) return false;
    return this.#series.delete(idlest[0]);
  }
}

function sameLabels(one: Labels, other: Labels): boolean {
  return Object.entries(other).every(([name, value]) => one[name] === value);
}
