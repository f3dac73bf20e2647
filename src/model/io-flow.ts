import type { IoCellRecord, IoOrigin } from '../record/storage.js';
import { Histogram } from './histogram.js';
import type { FlowView, StageView } from './storage-view.js';

/** What came to one cell since its last reading. */
export type IoDelta = Pick<IoCellRecord, 'bucket' | 'count' | 'totalNs' | 'maxNs' | 'bytes'>;

/** The I/O of one device, one origin and one direction. */
export class IoFlow {
  readonly device: number;
  readonly #origin: IoOrigin;
  readonly #write: boolean;
  readonly #stages = new Map<IoCellRecord['stage'], { histogram: Histogram; totalNs: number }>();
  #count = 0;
  #bytes = 0;
  #tick = { count: 0, bytes: 0 };
  #rates = { rateHz: 0, bytesPerSecond: 0 };

  constructor({ device, origin, write }: Pick<IoCellRecord, 'device' | 'origin' | 'write'>) {
    this.device = device;
    this.#origin = origin;
    this.#write = write;
  }

  add(stage: IoCellRecord['stage'], { bucket, count, totalNs, maxNs, bytes }: IoDelta): void {
    const sums = this.#stages.get(stage) ?? { histogram: new Histogram(), totalNs: 0 };
    this.#stages.set(stage, sums);
    sums.histogram.add(bucket, count, maxNs, totalNs);
    sums.totalNs += totalNs;
    // Each I/O has a queue and a service time, or one for both.
    if (stage === 'queue') return;
    this.#count += count;
    this.#bytes += bytes;
  }

  tick(seconds: number): void {
    this.#rates = {
      rateHz: (this.#count - this.#tick.count) / seconds,
      bytesPerSecond: (this.#bytes - this.#tick.bytes) / seconds,
    };
    this.#tick = { count: this.#count, bytes: this.#bytes };
  }

  view(): FlowView {
    return {
      origin: this.#origin,
      write: this.#write,
      count: this.#count,
      bytes: this.#bytes,
      ...this.#rates,
      queue: this.#stage('queue'),
      service: this.#stage('service'),
      whole: this.#stage('whole'),
    };
  }

  #stage(stage: IoCellRecord['stage']): StageView | null {
    const sums = this.#stages.get(stage);
    if (sums === undefined) return null;
    const { histogram, totalNs } = sums;
    return {
      totalNs,
      meanNs: histogram.meanNs ?? 0,
      latency: histogram.distribution(),
      histogram: histogram.cells(),
    };
  }
}
