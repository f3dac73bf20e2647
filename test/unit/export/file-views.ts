import fc from 'fast-check';
import { type FilesView, type FileView, HEAT_CELLS } from '../../../src/model/files-view.js';
import { outside, unknown } from './outside-strings.js';

/** Beyond 2^53: a number would not hold it. */
export const HUGE_INODE = 9_007_199_254_740_993n;

const actor = { pid: 9001, comm: 'grep', command: null, cgroup: '/logs', isTarget: false, kernelThread: false };

/** One file of which all is known, and swapped memory of which little is. */
export function fullFiles(): FilesView {
  const cells = Array.from({ length: HEAT_CELLS }, (_, cell) => (cell < 8 ? 1 : 0));
  return {
    files: [
      {
        id: 'counted 8:1',
        of: 'file',
        path: '/data/index.db',
        deleted: true,
        device: '8:1',
        inode: HUGE_INODE,
        mappedBytes: 4_294_967_296,
        sizeBytes: 4_294_967_296,
        majorFaults: 9,
        faultWaitNs: 890_000,
        exact: true,
        pattern: {
          kind: 'clustered',
          sequentialFraction: 0.02,
          hotFraction: 0.05,
          evenFraction: 0.71,
          hotRange: { fromByte: 0, toByte: 134_217_728 },
          samples: 8,
        },
        heat: { fromByte: 0, toByte: 4_294_967_296, cells, rows: [{ atNs: 1e9, durationNs: 1e9, cells }] },
        residency: { atNs: 1_000_000_000, residentBytes: 1_073_741_824, sizeBytes: 4_294_967_296 },
        residencyGap: null,
        causes: [
          { cause: 'first-touch', majorFaults: 2, faultWaitNs: 200_000, confidence: 'medium', evictors: [] },
          {
            cause: 'refault',
            majorFaults: 7,
            faultWaitNs: 690_000,
            confidence: 'high',
            evictors: [{ actor, way: 'reclaim', majorFaults: 7, meanAgeNs: 3e9 }],
          },
        ],
      },
      {
        id: 'anonymous',
        of: 'anonymous',
        path: null,
        deleted: false,
        device: null,
        inode: null,
        mappedBytes: 8192,
        sizeBytes: null,
        majorFaults: 1,
        faultWaitNs: 10_000,
        exact: false,
        pattern: null,
        heat: null,
        residency: null,
        residencyGap: null,
        causes: null,
      },
    ],
    more: { files: 3, majorFaults: 4, faultWaitNs: 5000 },
    unplacedFaults: 2,
    unplacedWaitNs: 700,
    exact: true,
  };
}

const count = fc.nat();
const ns = fc.maxSafeNat();
const bytes = fc.maxSafeNat();
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const weight = fc.double({ min: 0, max: 1e6, noNaN: true });

const heat: fc.Arbitrary<FileView['heat']> = unknown(
  fc.record({
    fromByte: bytes,
    toByte: bytes,
    cells: fc.array(weight, { minLength: HEAT_CELLS, maxLength: HEAT_CELLS }),
    rows: fc.constant([]),
  }),
);

const cause = fc.record({
  cause: fc.constantFrom('first-touch' as const, 'refault' as const, 'swap-in' as const, 'unknown' as const),
  majorFaults: weight,
  faultWaitNs: weight,
  confidence: fc.constantFrom('high' as const, 'low' as const),
  evictors: fc.constant([]),
});

const file: fc.Arbitrary<FileView> = fc.record({
  id: outside,
  of: fc.constantFrom('file' as const, 'anonymous' as const, 'shared' as const, 'unknown' as const),
  path: unknown(outside),
  deleted: fc.boolean(),
  device: unknown(fc.constantFrom('8:1', '0:42')),
  inode: unknown(fc.bigInt(0n, 2n ** 64n - 1n)),
  mappedBytes: bytes,
  sizeBytes: unknown(bytes),
  majorFaults: count,
  faultWaitNs: ns,
  exact: fc.boolean(),
  pattern: unknown(
    fc.record({
      kind: fc.constantFrom('sequential' as const, 'random' as const, 'clustered' as const),
      sequentialFraction: unknown(fraction),
      hotFraction: unknown(fraction),
      evenFraction: unknown(fraction),
      hotRange: unknown(fc.record({ fromByte: bytes, toByte: bytes })),
      samples: count,
    }),
  ),
  heat,
  residency: unknown(fc.record({ atNs: ns, residentBytes: bytes, sizeBytes: bytes })),
  residencyGap: fc.constantFrom(null, 'slow' as const),
  causes: unknown(fc.array(cause, { maxLength: 4 })),
});

/** Whatever the types allow. */
export const anyFiles: fc.Arbitrary<FilesView | null> = unknown(
  fc.record({
    files: fc.array(file, { maxLength: 3 }),
    more: fc.record({ files: count, majorFaults: count, faultWaitNs: ns }),
    unplacedFaults: count,
    unplacedWaitNs: ns,
    exact: fc.boolean(),
  }),
);
