import type { IoOrigin } from '../record/storage.js';
import type { Distribution, HistogramCell } from './snapshot.js';

/** Block devices, and what the target's faults waited for there (bpf/storage.bt). */
export interface StorageView {
  /** Those that the target's faults read from first. */
  readonly devices: readonly DeviceView[];
}

export interface DeviceView {
  readonly device: number;
  /** Null where it has none. */
  readonly name: string | null;
  readonly swap: boolean;
  /** A device without a queue (zram): only `whole` is known. */
  readonly flows: readonly FlowView[];
}

export interface FlowView {
  readonly origin: IoOrigin;
  readonly write: boolean;
  readonly count: number;
  readonly rateHz: number;
  readonly bytes: number;
  readonly bytesPerSecond: number;
  /** Null where the stages cannot be parted. */
  readonly queue: StageView | null;
  readonly service: StageView | null;
  readonly whole: StageView | null;
}

export interface StageView {
  readonly totalNs: number;
  readonly meanNs: number;
  readonly latency: Distribution;
  readonly histogram: readonly HistogramCell[];
}
