import type { FaultRecord, MappingRecord, UnmappedRecord } from '../record/record.js';
import { AddressRanges } from './address-ranges.js';
import { MappedBytes } from './mapped-bytes.js';
import type { MappingView } from './snapshot.js';

/** How many mappings are told apart at once: as many as Linux lets a process have unless it is tuned (max_map_count). */
export const KEPT_MAPPINGS = 65_536;

/** Rows a snapshot shows. */
const TOP_MAPPINGS = 20;

/** Paths told apart; of programs that map more files, those with most faults stay. */
const KEPT_ROWS = 2000;

type Place = Pick<MappingView, 'of' | 'path'>;

interface Row {
  readonly place: Place;
  weight: number;
  waitNs: number;
}

/** Lays single faults to the mapping they were in, at the moment they come: later the address may be another one's. */
export class Mappings {
  readonly #bytes = new MappedBytes();
  readonly #known = new AddressRanges<Place>(KEPT_MAPPINGS, (place, bytes) => this.#bytes.add(keyOf(place), bytes));
  readonly #rows = new Map<string, Row>();

  applyMapping(record: MappingRecord | UnmappedRecord): void {
    const { start, end } = record;
    if (record.kind === 'unmapped') this.#known.clear(start, end);
    else this.#known.set(start, end, { of: record.of, path: record.path });
  }

  applyFault({ address, weight, latencyNs }: FaultRecord): void {
    const place = weight === 0 ? null : this.#known.find(address);
    if (place === null) return;
    const row = this.#rowOf(place);
    row.weight += weight;
    row.waitNs += weight * (latencyNs ?? 0);
  }

  /** Most faults first. */
  view(): MappingView[] {
    return [...this.#rows]
      .sort(([, a], [, b]) => b.weight - a.weight || b.waitNs - a.waitNs)
      .slice(0, TOP_MAPPINGS)
      .map(([key, { place, weight, waitNs }]) => ({
        of: place.of,
        path: place.path,
        sizeBytes: this.#bytes.of(key),
        majorFaults: weight,
        faultWaitNs: waitNs,
      }));
  }

  #rowOf(place: Place): Row {
    const key = keyOf(place);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    this.#makeRoom();
    const row: Row = { place, weight: 0, waitNs: 0 };
    this.#rows.set(key, row);
    return row;
  }

  /** A program that maps one short-lived file after the other would fill the memory: the half with least faults goes. */
  #makeRoom(): void {
    if (this.#rows.size < KEPT_ROWS) return;
    const least = [...this.#rows].sort(([, a], [, b]) => a.weight - b.weight).slice(0, KEPT_ROWS / 2);
    for (const [key] of least) this.#rows.delete(key);
  }
}

function keyOf({ of, path }: Place): string {
  return path === null ? of : `${of} ${path}`;
}
