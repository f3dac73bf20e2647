import type { WaitRecord } from '../record/record.js';
import { cellKind } from './code.js';
import { Histogram } from './histogram.js';

/** What one `code` of a thread has added up to. */
export interface WaitSum {
  readonly code: number;
  count: number;
  totalNs: number;
  readonly histogram: Histogram;
}

interface Cell {
  epoch: number;
  count: number;
  totalNs: number;
}

/** The change one record brings. */
export interface CellDelta {
  readonly kind: ReturnType<typeof cellKind>;
  readonly count: number;
  readonly totalNs: number;
}

/** The cell counts major faults. */
export function isFault({ kind }: CellDelta): boolean {
  return kind === 'fault-latency' || kind === 'fault-no-sleep';
}

/**
 * Adds up a thread's histogram cells, which the kernel keeps cumulative within an epoch and drops between epochs. Two
 * epochs overlap by a dump, in either order, so each of the two kernel maps has its own last reading of a cell.
 */
export class WaitCells {
  readonly #cells = new Map<number, Cell>();
  readonly #sums = new Map<number, WaitSum>();

  apply(record: WaitRecord): CellDelta {
    const key = (record.code * 256 + record.bucket) * 2 + (record.epoch & 1);
    const before = this.#cells.get(key);
    const sameEpoch = before !== undefined && before.epoch === record.epoch;
    const count = record.count - (sameEpoch ? before.count : 0);
    const totalNs = record.totalNs - (sameEpoch ? before.totalNs : 0);
    this.#cells.set(key, { epoch: record.epoch, count: record.count, totalNs: record.totalNs });
    const sum = this.#sum(record.code);
    sum.count += count;
    sum.totalNs += totalNs;
    sum.histogram.add(record.bucket, count, record.maxNs);
    return { kind: cellKind(record.code), count, totalNs };
  }

  /** Sums of all codes, fault latencies and sleepless faults among them. */
  sums(): Iterable<WaitSum> {
    return this.#sums.values();
  }

  #sum(code: number): WaitSum {
    let sum = this.#sums.get(code);
    if (sum === undefined) {
      sum = { code, count: 0, totalNs: 0, histogram: new Histogram() };
      this.#sums.set(code, sum);
    }
    return sum;
  }
}
