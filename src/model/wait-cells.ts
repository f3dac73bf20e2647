import type { WaitRecord } from '../record/record.js';
import type { Cause } from './cause.js';
import { classifyWait, type WaitKind } from './classify.js';
import { cellKind } from './code.js';
import { Histogram } from './histogram.js';

/** What one `code` of a thread has added up to. */
export interface WaitSum {
  readonly kind: ReturnType<typeof cellKind>;
  /** What kind of wait, where it is one. */
  readonly wait: WaitKind;
  count: number;
  totalNs: number;
  readonly histogram: Histogram;
}

interface Cell {
  readonly sum: WaitSum;
  epoch: number;
  count: number;
  totalNs: number;
}

/** The change one record brings. */
export interface CellDelta {
  readonly kind: ReturnType<typeof cellKind>;
  /** Of a wait. */
  readonly cause: Cause;
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
  readonly #arch: string;
  readonly #cells = new Map<number, Cell>();
  readonly #sums = new Map<number, WaitSum>();

  constructor(arch: string) {
    this.#arch = arch;
  }

  apply(record: WaitRecord): CellDelta {
    const { code, bucket, epoch } = record;
    const cell = this.#cell((code * 256 + bucket) * 2 + (epoch & 1), code, epoch);
    const isSameEpoch = cell.epoch === epoch;
    const count = record.count - (isSameEpoch ? cell.count : 0);
    const totalNs = record.totalNs - (isSameEpoch ? cell.totalNs : 0);
    cell.epoch = epoch;
    cell.count = record.count;
    cell.totalNs = record.totalNs;
    const { sum } = cell;
    sum.count += count;
    sum.totalNs += totalNs;
    sum.histogram.add(bucket, count, record.maxNs);
    return { kind: sum.kind, cause: sum.wait.cause, count, totalNs };
  }

  /** Sums of all codes, fault latencies and sleepless faults among them. */
  sums(): Iterable<WaitSum> {
    return this.#sums.values();
  }

  /** Changed in place: a session of a million readings has few cells. */
  #cell(key: number, code: number, epoch: number): Cell {
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = { sum: this.#sum(code), epoch, count: 0, totalNs: 0 };
      this.#cells.set(key, cell);
    }
    return cell;
  }

  #sum(code: number): WaitSum {
    let sum = this.#sums.get(code);
    if (sum === undefined) {
      sum = {
        kind: cellKind(code),
        wait: classifyWait(code, this.#arch),
        count: 0,
        totalNs: 0,
        histogram: new Histogram(),
      };
      this.#sums.set(code, sum);
    }
    return sum;
  }
}
