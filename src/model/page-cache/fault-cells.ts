import type { EvictionRef, FaultCause, FaultCauseRecord } from '../../record/page-cache.js';
import { Increase } from '../increase.js';
import { OTHERS } from './actors.js';
import { evictorKey } from './evictions.js';
import { type Scaled, scaled } from './scale.js';

/** Cells kept apart; where there are more, the evictors with fewest refaults become one in each file. */
const MOST_CELLS = 2 ** 14;
/** Cells of single seconds remembered: they grow for five minutes, and no file has many at once. */
const MOST_BY_SECOND = 2 ** 15;
/** Files with causes of their own; the rest is one. */
const MOST_FILES = 4096;
/** The file that stands for those beyond. */
const OTHER_FILES = '0:0';

/** Faults of one cause, and one evictor with refaults. */
export interface FaultCell {
  readonly cause: FaultCause | 'not-sampled';
  readonly evictor: Omit<EvictionRef, 'atNs'> | null;
  readonly count: number;
  readonly totalNs: number;
  readonly ageTotalNs: number;
  readonly ageMaxNs: number;
}

/** Major faults of the target by file, cause and evictor. */
export class FaultCells {
  readonly #increase = new Increase();
  /** Cells of one second, of which there are ever new ones: those must not make the others forgotten. */
  readonly #increaseBySecond = new Increase(MOST_BY_SECOND);
  readonly #files = new Map<string, Map<string, FaultCell>>();
  #cells = 0;
  /** Where many files have cells that cannot be merged any further, the next look at all of them waits for more. */
  #mergeAt = MOST_CELLS;

  restart(): void {
    this.#increase.restart();
    this.#increaseBySecond.restart();
  }

  /** How many refaults of kswapd's evictions of known time it brings. */
  apply(record: FaultCauseRecord): number {
    const { device, inode, cause, eviction } = record;
    const evictor = cause === 'refault' && eviction !== null ? { actor: eviction.actor, way: eviction.way } : null;
    const file = `${device}:${inode}`;
    const key = evictor === null ? cause : `${cause} ${evictorKey(evictor.actor, evictor.way)}`;
    const second = eviction?.atNs ?? null;
    const increase = second === null ? this.#increase : this.#increaseBySecond;
    const sums = [record.count, record.totalNs, record.ageTotalNs];
    const [count = 0, totalNs = 0, ageTotalNs = 0] = increase.of([file, key, String(second ?? '')], sums);
    if (count === 0) return 0;
    this.#add(file, key, { cause, evictor, count, totalNs, ageTotalNs, ageMaxNs: record.ageMaxNs });
    if (this.#cells > this.#mergeAt) this.#mergeLeast();
    return evictor?.way === 'kswapd' && second !== null ? count : 0;
  }

  /** By file, scaled so that what was not sampled is in it. */
  files(): { readonly file: string; readonly cells: Scaled }[] {
    return Array.from(this.#files, ([file, cells]) => ({ file, cells: scaled([...cells.values()]) }));
  }

  /** Null where no fault of the file was seen. */
  file(file: string): Scaled | null {
    const cells = this.#files.get(file);
    return cells === undefined ? null : scaled([...cells.values()]);
  }

  #add(file: string, key: string, cell: FaultCell): void {
    const place = this.#files.has(file) || this.#files.size < MOST_FILES ? file : OTHER_FILES;
    const cells = this.#files.get(place) ?? new Map<string, FaultCell>();
    this.#files.set(place, cells);
    const before = cells.get(key);
    if (before === undefined) this.#cells += 1;
    cells.set(key, before === undefined ? cell : sumOf(before, cell));
  }

  #mergeLeast(): void {
    const refaults = [...this.#files.values()].flatMap((cells) => [...cells.values()]).filter(({ evictor }) => evictor);
    const counts = refaults.map(({ count }) => count).sort((a, b) => b - a);
    const least = counts[MOST_CELLS / 2] ?? 0;
    for (const [file, cells] of this.#files) {
      for (const [key, cell] of cells) {
        if (cell.evictor === null || cell.count > least) continue;
        const { way } = cell.evictor;
        const merged = `refault ${evictorKey(OTHERS, way)}`;
        // What is put back would be come to again.
        if (key === merged) continue;
        cells.delete(key);
        this.#cells -= 1;
        this.#add(file, merged, { ...cell, evictor: { actor: OTHERS, way } });
      }
    }
    this.#mergeAt = Math.max(MOST_CELLS, this.#cells + MOST_CELLS / 2);
  }
}

function sumOf(a: FaultCell, b: FaultCell): FaultCell {
  return {
    ...a,
    count: a.count + b.count,
    totalNs: a.totalNs + b.totalNs,
    ageTotalNs: a.ageTotalNs + b.ageTotalNs,
    ageMaxNs: Math.max(a.ageMaxNs, b.ageMaxNs),
  };
}
