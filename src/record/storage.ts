/** A block device that was seen working. */
export interface DeviceRecord {
  readonly kind: 'device';
  readonly atNs: bigint;
  /** dev_t as the kernel has it, major << 20 | minor. */
  readonly device: number;
  /** e.g. nvme0n1; null where /sys has none. */
  readonly name: string | null;
  /** It holds swap, as /proc/swaps says. */
  readonly swap: boolean;
}

/** `fault`: submitted by the target inside a page fault; `target`: elsewhere by the target; `others`: by anybody else. */
export const IO_ORIGINS = ['fault', 'target', 'others'] as const;
export type IoOrigin = (typeof IO_ORIGINS)[number];

/** One cell of a histogram of block I/O times of a device, cumulative since the set was attached. */
export interface IoCellRecord {
  readonly kind: 'io-cell';
  readonly device: number;
  readonly origin: IoOrigin;
  readonly write: boolean;
  /** `queue`: from submission until the driver has it; `service`: until it is done; `whole`: where the two cannot be parted. */
  readonly stage: 'queue' | 'service' | 'whole';
  readonly bucket: number;
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number;
  /** Bytes asked for. */
  readonly bytes: number;
}
