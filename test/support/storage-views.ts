import fc from 'fast-check';
import { bucketOf, bucketRange } from '../../src/model/histogram.js';
import type { DeviceView, FlowView, StageView, StorageView } from '../../src/model/storage-view.js';
import { IO_ORIGINS } from '../../src/record/storage.js';

export const VDA = 254 << 20;

/** So many, each so long. */
function stage(count: number, ns: number): StageView {
  return {
    totalNs: count * ns,
    meanNs: ns,
    latency: { count, p50Ns: ns, p90Ns: ns, p99Ns: ns, maxNs: ns },
    histogram: count === 0 ? [] : [{ ...bucketRange(bucketOf(ns)), count }],
  };
}

/** Fault reads of a page each, unless said otherwise; 100 a second. */
export function flow(count: number, queueNs: number, serviceNs: number, more: Partial<FlowView> = {}): FlowView {
  return {
    origin: 'fault',
    write: false,
    count,
    rateHz: 100,
    bytes: count * 4096,
    bytesPerSecond: 409_600,
    queue: stage(count, queueNs),
    service: stage(count, serviceNs),
    whole: null,
    ...more,
  };
}

/** Swap in memory: no queue. */
export const ZRAM: DeviceView = {
  device: 253 << 20,
  name: 'zram0',
  swap: true,
  flows: [flow(2000, 0, 0, { queue: null, service: null, whole: stage(2000, 2100) })],
};

export const SLOW_VDA: DeviceView = {
  device: VDA,
  name: 'vda',
  swap: false,
  flows: [flow(1234, 40_000, 18_000_000), flow(66, 30_000, 2_000_000, { origin: 'others' })],
};

/** Others keep it busy. */
export const CROWDED_VDA: DeviceView = {
  device: VDA,
  name: 'vda',
  swap: false,
  flows: [flow(500, 12_000_000, 1_000_000), flow(9500, 12_000_000, 1_000_000, { origin: 'others' })],
};

export const FAST_VDA: DeviceView = {
  device: VDA,
  name: 'vda',
  swap: false,
  flows: [flow(50_000, 5000, 90_000)],
};

const durationNs = fc.maxSafeNat();
const known = fc.option(durationNs, { nil: null });
const anyStage: fc.Arbitrary<StageView> = fc.record({
  totalNs: durationNs,
  meanNs: durationNs,
  latency: fc.record({ count: fc.nat(), p50Ns: known, p90Ns: known, p99Ns: known, maxNs: known }),
  histogram: fc.constant([]),
});
const anyFlow: fc.Arbitrary<FlowView> = fc.record({
  origin: fc.constantFrom(...IO_ORIGINS),
  write: fc.boolean(),
  count: fc.nat(),
  rateHz: fc.double({ min: 0, max: 1e7, noNaN: true }),
  bytes: durationNs,
  bytesPerSecond: fc.double({ min: 0, max: 1e12, noNaN: true }),
  queue: fc.option(anyStage, { nil: null }),
  service: fc.option(anyStage, { nil: null }),
  whole: fc.option(anyStage, { nil: null }),
});

/** Whatever the types allow; null where the set did not run. */
export const anyStorage: fc.Arbitrary<StorageView | null> = fc.option(
  fc.record({
    devices: fc.array(
      fc.record({
        device: fc.nat(),
        name: fc.option(fc.string({ unit: 'binary' }), { nil: null }),
        swap: fc.boolean(),
        flows: fc.array(anyFlow, { maxLength: 4 }),
      }),
      { maxLength: 4 },
    ),
  }),
  { nil: null },
);
