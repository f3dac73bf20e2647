import type { IoOrigin } from '../record/storage.js';
import type { SummaryLatency } from './summary-format.js';

/** Block I/O by device, from bpf/storage.bt. */
export interface SummaryStorage {
  /** Those that the target's page faults read from first. */
  readonly devices: readonly SummaryDevice[];
}

export interface SummaryDevice {
  /** Major and minor number, e.g. "259:0"; a partition's I/O is its disk's. */
  readonly device: string;
  /** As the kernel calls it, e.g. nvme0n1; null where it was gone before it was read. */
  readonly name: string | null;
  /** It holds swap. */
  readonly swap: boolean;
  /** One row for each origin and direction that there was. */
  readonly flows: readonly SummaryIoFlow[];
}

export interface SummaryIoFlow {
  /** `fault`: submitted by the target in a page fault; `target`: elsewhere by the target; `others`: by anybody else. */
  readonly origin: IoOrigin;
  /** False for reads. */
  readonly write: boolean;
  /** I/Os done, merged ones as one. */
  readonly count: number;
  /** Bytes asked for. */
  readonly bytes: number;
  /** From submission until the driver has it; null on devices without requests (zram, dm, md). */
  readonly queue: SummaryIoStage | null;
  /** From there until it is done; null on devices without requests. */
  readonly service: SummaryIoStage | null;
  /** From submission until it is done, on devices without requests; null on others. */
  readonly whole: SummaryIoStage | null;
}

export interface SummaryIoStage {
  /** Sum, ns. */
  readonly totalNs: number;
  /** Mean, ns. */
  readonly meanNs: number;
  /** Percentiles of it. */
  readonly latency: SummaryLatency;
}
