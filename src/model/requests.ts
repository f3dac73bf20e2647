import type { RequestCellRecord, RequestRecord, StallRecord } from '../record/record.js';
import { Histogram } from './histogram.js';
import { RequestsByStall } from './requests-by-stall.js';
import type { RequestsView } from './snapshot.js';

/** Keeps account of the service times of the target's requests (bpf/requests.bt). */
export class Requests {
  readonly #all = new Histogram();
  readonly #byStall = new RequestsByStall();
  /** Each bucket's latest reading: the script counts from nought whenever it is started. */
  readonly #cells = new Map<number, RequestCellRecord>();
  #span = new Histogram();
  #rateHz = 0;
  #running = false;
  #hasRun = false;

  /** The script was started, ended or failed. */
  applyState(running: boolean): void {
    if (running) this.#cells.clear();
    this.#running = running;
    this.#hasRun ||= running;
  }

  applyCell(record: RequestCellRecord): void {
    const { bucket, maxNs } = record;
    const before = this.#cells.get(bucket);
    const count = record.count - (before?.count ?? 0);
    this.#cells.set(bucket, record);
    if (count <= 0) return;
    const totalNs = record.totalNs - (before?.totalNs ?? 0);
    this.#all.add(bucket, count, maxNs, totalNs);
    // The cell's maximum is that of all time: where it has not moved, what came since was shorter.
    const moved = before === undefined || maxNs > before.maxNs;
    this.#span.add(bucket, count, moved ? maxNs : Math.floor(totalNs / count), totalNs);
  }

  applyRequest(record: RequestRecord): void {
    this.#byStall.applyRequest(record);
  }

  applyStall(record: StallRecord): void {
    this.#byStall.applyStall(record);
  }

  /** What was answered since the last call, which was `seconds` ago; null where the script did not run. */
  tick(seconds: number, capacity: number | null): Histogram | null {
    this.#byStall.tick(capacity);
    const span = this.#span;
    this.#span = new Histogram();
    this.#rateHz = span.count / seconds;
    return this.#running || span.count > 0 ? span : null;
  }

  /** Nothing more will come. */
  finish(capacity: number | null): void {
    this.#byStall.finish(capacity);
  }

  /** Null unless the script has run. */
  view(capacity: number | null): RequestsView | null {
    if (!this.#hasRun) return null;
    return {
      count: this.#all.count,
      rateHz: this.#rateHz,
      meanNs: this.#all.meanNs,
      totalNs: this.#all.totalNs,
      latency: this.#all.distribution(),
      histogram: this.#all.cells(),
      byStall: capacity === null ? null : this.#byStall.view(),
    };
  }
}
