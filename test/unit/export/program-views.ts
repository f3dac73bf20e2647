import fc from 'fast-check';
import { TIME_PARTS } from '../../../src/model/cause.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { stacksView } from '../../support/stacks.js';
import { anyStorage, SLOW_VDA } from '../../support/storage-views.js';
import { anyFiles, fullFiles } from './file-views.js';
import { outside, unknown } from './outside-strings.js';
import { anyMemoryCgroup, anyPageCache, fullMemoryCgroup, fullPageCache } from './page-cache-views.js';

/** What a snapshot says of the program as a whole, beyond its threads. */
type Program = Pick<
  Snapshot,
  | 'runtime'
  | 'stalls'
  | 'goroutines'
  | 'mappings'
  | 'symptoms'
  | 'requests'
  | 'files'
  | 'pageCache'
  | 'memoryCgroup'
  | 'stacks'
  | 'storage'
>;

/** Beyond 2^53: a number would not hold it. */
export const HUGE_GOID = 9_007_199_254_740_993n;

/** Everything is known, every list has an entry. */
export function fullProgram(): Program {
  const distribution = { count: 5000, p50Ns: 800_000, p90Ns: 2_000_000, p99Ns: 31_000_000, maxNs: 40_000_000 };
  const stall = { startNs: 700_000_000, durationNs: 31_000_000, level: 2, capacity: 2 };
  const threads = [{ tid: 4712, name: 'worker' }];
  return {
    runtime: {
      kind: 'go',
      version: 'go1.22.3',
      capacity: 2,
      capacitySource: 'GOMAXPROCS, read from the process',
      goroutines: true,
      goroutineDetail: 'offsets from DWARF, held against runtime.allgs',
    },
    stalls: {
      capacity: 2,
      levelNs: [600_000_000, 300_000_000, 1_100_000_000],
      sampledNs: 2_000_000_000,
      fullNs: 1_100_000_000,
      lostNs: 1_250_000_000,
      lostParallelism: 0.625,
      fullStalls: 412,
      longest: [
        { ...stall, threads },
        { ...stall, durationNs: 2_000_000, threads: null },
      ],
      recent: [{ ...stall, threads }],
      now: { level: 1.9, fullFraction: 0.61 },
      recentFullFraction: 0.58,
      samples: { count: 2000, late: 3, longestGapNs: 4_000_000 },
    },
    pageCache: fullPageCache(),
    memoryCgroup: fullMemoryCgroup(),
    goroutines: {
      functions: [
        {
          startPc: 0x48_0000n,
          start: 'main.(*Index).scan',
          majorFaults: 9,
          faultWaitNs: 900_000,
          maxNs: 410_000,
          holdingFaults: 8,
          holdingWaitNs: 800_000,
          census: { active: 7.5, waiting: 0.5 },
        },
        {
          startPc: 0n,
          start: null,
          majorFaults: 1,
          faultWaitNs: 0,
          maxNs: 0,
          holdingFaults: 0,
          holdingWaitNs: 0,
          census: null,
        },
      ],
      top: [
        {
          goid: HUGE_GOID,
          start: 'main.(*Index).scan',
          majorFaults: 8,
          faultWaitNs: 700_000,
          holdingFraction: 0.875,
        },
      ],
      seen: 1,
    },
    mappings: [
      { of: 'file', path: '/data/index.db', sizeBytes: 4_294_967_296, majorFaults: 9, faultWaitNs: 890_000 },
      { of: 'anonymous', path: null, sizeBytes: 8192, majorFaults: 1, faultWaitNs: 10_000 },
    ],
    files: fullFiles(),
    symptoms: {
      durationNs: 2_000_000_000,
      process: { userCpus: 0.21, systemCpus: 0.4, ioWaitThreads: 1.8 },
      host: { user: 0.2, system: 0.25, iowait: 0.45, idle: 0.09, steal: 0.01 },
      memoryPressure: { some: 0.125, full: 0.0625 },
      ioPressure: { some: 0.75, full: 0.5 },
    },
    requests: {
      count: 5000,
      rateHz: 2500,
      meanNs: 830_000,
      totalNs: 4_150_000_000,
      latency: distribution,
      histogram: [{ fromNs: 786_432, toNs: 917_504, count: 5000 }],
      byStall: {
        overlapping: { count: 3000, meanNs: 2_000_000, p50Ns: 1_000_000, p99Ns: 31_000_000 },
        clear: { count: 2000, meanNs: 500_000, p50Ns: 400_000, p99Ns: 900_000 },
      },
    },
    stacks: stacksView(
      [
        { line: 'main.main;main.(*Index).lookup;filemap_fault_[k]', count: 8, totalNs: 700_000 },
        { line: '[no stack]', count: 2, totalNs: 100_000, tid: null, threadName: null, part: null },
      ],
      [{ line: 'main.main;syscall.Pread', part: 'disk', count: 3, totalNs: 50_000 }],
    ),
    storage: { devices: [SLOW_VDA] },
  };
}

const count = fc.nat();
const durationNs = fc.maxSafeNat();
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const positive = fc.double({ min: 0, max: 1e6, noNaN: true });
const capacity = fc.integer({ min: 1, max: 1024 });
const pressure = unknown(fc.record({ some: fraction, full: fraction }));
const u64 = fc.bigInt(0n, 2n ** 64n - 1n);

const runtime: fc.Arbitrary<Program['runtime']> = unknown(
  fc.record({
    kind: fc.constantFrom('go' as const, 'node' as const, 'native' as const),
    version: unknown(outside),
    capacity: unknown(capacity),
    capacitySource: unknown(outside),
    goroutines: fc.boolean(),
    goroutineDetail: unknown(outside),
  }),
);

const stall = fc.record({
  startNs: durationNs,
  durationNs,
  level: count,
  capacity,
  threads: unknown(fc.array(fc.record({ tid: fc.integer({ min: 1, max: 2 ** 22 }), name: unknown(outside) }))),
});

const stalls: fc.Arbitrary<Program['stalls']> = unknown(
  fc.record({
    capacity: unknown(capacity),
    levelNs: fc.array(durationNs, { maxLength: 9 }),
    sampledNs: durationNs,
    fullNs: durationNs,
    lostNs: durationNs,
    lostParallelism: unknown(fraction),
    fullStalls: count,
    longest: fc.array(stall, { maxLength: 4 }),
    recent: fc.array(stall, { maxLength: 4 }),
    now: unknown(fc.record({ level: positive, fullFraction: fraction })),
    recentFullFraction: unknown(fraction),
    samples: fc.record({ count, late: count, longestGapNs: durationNs }),
  }),
);

const goroutines: fc.Arbitrary<Program['goroutines']> = unknown(
  fc.record({
    functions: fc.array(
      fc.record({
        startPc: u64,
        start: unknown(outside),
        majorFaults: count,
        faultWaitNs: durationNs,
        maxNs: durationNs,
        holdingFaults: count,
        holdingWaitNs: durationNs,
        census: unknown(fc.record({ active: positive, waiting: positive })),
      }),
      { maxLength: 5 },
    ),
    top: fc.array(
      fc.record({
        goid: u64,
        start: unknown(outside),
        majorFaults: count,
        faultWaitNs: durationNs,
        holdingFraction: fraction,
      }),
      { maxLength: 5 },
    ),
    seen: count,
  }),
);

const mappings: fc.Arbitrary<Program['mappings']> = fc.array(
  fc.record({
    of: fc.constantFrom('file' as const, 'anonymous' as const, 'heap' as const, 'stack' as const, 'other' as const),
    path: unknown(outside),
    sizeBytes: count,
    majorFaults: count,
    faultWaitNs: durationNs,
  }),
  { maxLength: 5 },
);

const symptoms: fc.Arbitrary<Program['symptoms']> = unknown(
  fc.record({
    durationNs,
    process: fc.record({ userCpus: positive, systemCpus: positive, ioWaitThreads: positive }),
    host: fc.record({ user: fraction, system: fraction, iowait: fraction, idle: fraction, steal: fraction }),
    memoryPressure: pressure,
    ioPressure: pressure,
  }),
);

const share = fc.record({
  count,
  meanNs: unknown(durationNs),
  p50Ns: unknown(durationNs),
  p99Ns: unknown(durationNs),
});

const requests: fc.Arbitrary<Program['requests']> = unknown(
  fc.record({
    count,
    rateHz: positive,
    meanNs: unknown(durationNs),
    totalNs: durationNs,
    latency: fc.record({
      count,
      p50Ns: unknown(durationNs),
      p90Ns: unknown(durationNs),
      p99Ns: unknown(durationNs),
      maxNs: unknown(durationNs),
    }),
    histogram: fc.constant([]),
    byStall: unknown(fc.record({ overlapping: share, clear: share })),
  }),
);

const anyFrame = fc.record({ label: outside, module: unknown(outside), kernel: fc.boolean() });

/** Sums fit the stacks here: the rest of the program relies on that. */
const anyStacks = fc
  .array(
    fc.record({
      line: fc.constant(''),
      frames: fc.array(anyFrame, { maxLength: 6 }),
      tid: unknown(fc.integer({ min: 1, max: 2 ** 22 })),
      threadName: unknown(outside),
      part: unknown(fc.constantFrom(...TIME_PARTS)),
      count: fc.nat(1e6),
      totalNs: fc.nat(1e12),
    }),
    { maxLength: 5 },
  )
  .map((stacks) => stacksView(stacks, stacks.slice(1)));

/** Whatever the types allow. */
export const anyProgram: fc.Arbitrary<Program> = fc.record({
  runtime,
  stalls,
  goroutines,
  mappings,
  files: anyFiles,
  symptoms,
  requests,
  pageCache: anyPageCache,
  memoryCgroup: anyMemoryCgroup,
  stacks: unknown(anyStacks),
  storage: anyStorage,
});
