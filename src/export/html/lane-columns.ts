import { isIdle, TIME_PARTS, type TimePart } from '../../model/cause.js';
import type { Lane, LaneSpan } from '../lanes.js';

/** Columns of time kept: when there are twice as many, neighbours are taken together. */
const COLUMNS = 120;
/** Threads kept column by column. */
const LANES = 2000;

const PLACES: ReadonlyMap<TimePart, number> = new Map(TIME_PARTS.map((part, place) => [part, place]));
const PARTS = TIME_PARTS.length;

/** What a thread spent its time on, column by column. */
export interface LaneHistory {
  readonly id: string;
  readonly tid: number;
  readonly name: string | null;
  readonly faultNs: number;
  /** In the column, on that part; 0 where it did not live. */
  timeNs(column: number, part: TimePart): number;
}

interface Kept {
  lane: Lane;
  faultNs: number;
  /** Parts of each column in their order, column by column: kept flat, for there are many. */
  cells: Float32Array;
}

interface Column {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Collects what all threads did over a session of any length, in a bounded number of columns of time, as it is played. */
export class LaneColumns {
  #columns: Column[] = [];
  readonly #kept = new Map<string, Kept>();
  /** Threads that came when there was no more room. */
  readonly #left = new Set<string>();

  add({ fromNs, toNs, lanes }: LaneSpan): void {
    if (this.#columns.length === 2 * COLUMNS) this.#halve();
    const column = this.#columns.push({ fromNs, toNs }) - 1;
    for (const lane of lanes) {
      const kept = this.#keptOf(lane);
      if (kept === null) continue;
      kept.lane = lane;
      kept.faultNs += lane.time.fault;
      kept.cells = withRoomFor(kept.cells, column);
      let at = column * PARTS;
      for (const part of TIME_PARTS) {
        // Two lanes of one id there are where a thread called execve(2): its own, and that of the thread it took the place of.
        kept.cells[at] = (kept.cells[at] ?? 0) + lane.time[part];
        at += 1;
      }
    }
  }

  get columns(): readonly Column[] {
    return this.#columns;
  }

  /** Threads of which nothing was kept, because there were more than {@link LANES}. */
  get left(): number {
    return this.#left.size;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Those with most time in major faults first; of those without, the busiest. */
  most(limit: number): LaneHistory[] {
    const ranked = Array.from(this.#kept.values(), (kept) => ({ kept, busyNs: busyNs(kept.cells) }));
    ranked.sort((a, b) => b.kept.faultNs - a.kept.faultNs || b.busyNs - a.busyNs);
    return ranked.slice(0, limit).map(({ kept: { lane, faultNs, cells } }) => ({
      id: lane.id,
      tid: lane.tid,
      name: lane.name,
      faultNs,
      timeNs: (column, part) => Math.max(0, cells[column * PARTS + (PLACES.get(part) ?? 0)] ?? 0),
    }));
  }

  #keptOf(lane: Lane): Kept | null {
    const known = this.#kept.get(lane.id);
    if (known !== undefined) return known;
    if (this.#kept.size >= LANES) {
      this.#left.add(lane.id);
      return null;
    }
    const kept = { lane, faultNs: 0, cells: new Float32Array(0) };
    this.#kept.set(lane.id, kept);
    return kept;
  }

  #halve(): void {
    this.#columns = pairs(this.#columns).map(([first, second]) => ({ fromNs: first.fromNs, toNs: second.toNs }));
    for (const kept of this.#kept.values()) kept.cells = halved(kept.cells);
  }
}

function pairs<Item>(items: readonly Item[]): [Item, Item][] {
  return items.flatMap((first, at): [Item, Item][] => (at % 2 === 0 ? [[first, items[at + 1] ?? first]] : []));
}

/** Two columns each taken together. Counted out, for a thousand threads have millions of cells. */
function halved(cells: Float32Array): Float32Array {
  const columns = cells.length / PARTS;
  const half = new Float32Array(Math.ceil(columns / 2) * PARTS);
  for (let column = 0; column < columns; column += 1) {
    for (let place = 0; place < PARTS; place += 1) {
      const into = (column >> 1) * PARTS + place;
      half[into] = (half[into] ?? 0) + (cells[column * PARTS + place] ?? 0);
    }
  }
  return half;
}

/** Cells up to that column: twice as many as before where there is no room, so that growing costs little. */
function withRoomFor(cells: Float32Array, column: number): Float32Array {
  if (cells.length >= (column + 1) * PARTS) return cells;
  const grown = new Float32Array(Math.min(2 * COLUMNS, Math.max(8, 2 * (column + 1))) * PARTS);
  grown.set(cells);
  return grown;
}

/** By place. */
const IS_BUSY = TIME_PARTS.map((part) => !isIdle(part));

function busyNs(cells: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < cells.length; at += 1) if (IS_BUSY[at % PARTS] === true) sum += cells[at] ?? 0;
  return sum;
}
