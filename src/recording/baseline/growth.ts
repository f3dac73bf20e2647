import { bucketRange } from '../../model/histogram.js';
import { Cells } from './cells.js';
import { type CumulativeRecord, growingOf, withGrowing } from './marks.js';

/** What a cell had come to when the recording begins, and what was told of it last. */
interface Cell {
  readonly kind: CumulativeRecord['kind'];
  /** Taken off what is told from then on. */
  offset: number[];
  last: number[];
  readonly longestNs: number;
}

/** These begin anew where their cell was forgotten in the kernel; others never fall but by what they were too much. */
const BEGIN_ANEW: ReadonlySet<CumulativeRecord['kind']> = new Set(['file-faults', 'evictions', 'fill', 'fault-cause']);

/** What has come since a recording began, of what was counted from earlier on. */
export class Growth {
  readonly cells = new Cells<Cell>();

  /** That much there was already. */
  begin(record: CumulativeRecord): void {
    const values = growingOf(record);
    const { kind } = record;
    this.cells.set(record, { kind, offset: values, last: values, longestNs: longestOf(record) });
  }

  /** The same record, as if counting had begun with the recording. */
  since(record: CumulativeRecord): CumulativeRecord {
    const cell = this.cells.get(record);
    if (cell === undefined) return record;
    const values = growingOf(record);
    if (BEGIN_ANEW.has(cell.kind) && values.some((value, index) => value < (cell.last[index] ?? 0))) {
      cell.offset = cell.offset.map((offset, index) => offset - (cell.last[index] ?? 0));
    }
    // Off-CPU time that a stack was laid to for a while counts elsewhere once a fault has ended the wait.
    cell.offset = cell.offset.map((offset, index) => Math.min(offset, values[index] ?? 0));
    cell.last = values;
    const grown = values.map((value, index) => value - (cell.offset[index] ?? 0));
    return withLongest(withGrowing(record, grown), cell.longestNs);
  }

  /** Takes time off a cell of waits for good; `record` as {@link since} gave it. */
  takeOff(record: CumulativeRecord, ns: number): void {
    const cell = this.cells.get(record);
    const parts = growingOf(record).map((_, index) => (index === TOTAL ? ns : 0));
    if (cell !== undefined) cell.offset = cell.offset.map((offset, index) => offset + (parts[index] ?? 0));
    else this.cells.set(record, { kind: record.kind, offset: parts, last: [], longestNs: 0 });
  }
}

/** Place of `totalNs` among what grows of a cell of waits. */
const TOTAL = 1;

function longestOf(record: CumulativeRecord): number {
  if ('maxNs' in record) return record.maxNs;
  if (record.kind === 'sample-gap') return record.longestNs;
  return record.kind === 'fault-cause' ? record.ageMaxNs : 0;
}

/** Two samples further apart than this are counted as late (bpf/threads.bt). */
const LATE_NS = 2e6;

/**
 * A maximum cannot be taken off another. Where it has moved since, it is of the recording; else what came since was no longer
 * than it, nor than its own sum leaves room for: that is what is told, at most a bucket's width too much.
 */
function withLongest(record: CumulativeRecord, beforeNs: number): CumulativeRecord {
  if (longestOf(record) > beforeNs) return record;
  switch (record.kind) {
    case 'wait':
    case 'entry-latency':
    case 'request-cell':
    case 'io-cell':
      return { ...record, maxNs: mostOf(record, record.maxNs, bucketRange(record.bucket).fromNs) };
    case 'goroutine-faults':
    case 'wake':
      return { ...record, maxNs: mostOf(record, record.maxNs, 0) };
    case 'fault-cause': {
      const { count, ageTotalNs: totalNs } = record;
      return { ...record, ageMaxNs: mostOf({ count, totalNs }, record.ageMaxNs, 0) };
    }
    case 'sample-gap':
      return record.late > 0 ? record : { ...record, longestNs: Math.min(record.longestNs, LATE_NS) };
    default:
      return record;
  }
}

/** The most that one of `count` values with that sum can be, none being above `most` or below `leastNs`. */
function mostOf({ count, totalNs }: { count: number; totalNs: number }, most: number, leastNs: number): number {
  return count <= 0 ? 0 : Math.max(0, Math.min(most, totalNs - (count - 1) * leastNs));
}
