import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Files } from '../../../src/model/files.js';
import { type CauseShare, type FilesView, type FileView, TOP_FILES } from '../../../src/model/files-view.js';
import type { FileFaultsRecord, FileRecord, ResidencyGapRecord, ResidencyRecord } from '../../../src/record/files.js';
import type { FaultRecord, MappingRecord } from '../../../src/record/record.js';
import { DEVICE, faults, key, mapping, NO_FILE, named, resident, single } from './file-records.js';
import { BEGIN, first, tick, traceOf } from './records.js';

type FilesRecord = FileRecord | FileFaultsRecord | ResidencyRecord | ResidencyGapRecord | MappingRecord | FaultRecord;

const NOTHING_KNOWN = { nowNs: 10e9, sinceStart: (atNs: bigint) => Number(atNs - BEGIN), causesOf: () => null };

function filesOf(...records: readonly FilesRecord[]): Files {
  const files = new Files();
  for (const record of records) {
    if (record.kind === 'fault') files.applyFault(record, Number(record.atNs - BEGIN));
    else files.apply(record);
  }
  return files;
}

function viewOf(...records: readonly FilesRecord[]): FilesView {
  const view = filesOf(...records).view(NOTHING_KNOWN);
  if (view === null) throw new Error('no view');
  return view;
}

const figures = ({ of, path, majorFaults, faultWaitNs, exact }: FileView) => [
  of,
  path,
  majorFaults,
  faultWaitNs,
  exact,
];

/** All faults that a view accounts for. */
const sums = (view: FilesView) => [
  view.files.reduce((sum, file) => sum + file.majorFaults, 0) + view.more.majorFaults + view.unplacedFaults,
  view.files.reduce((sum, file) => sum + file.faultWaitNs, 0) + view.more.faultWaitNs + view.unplacedWaitNs,
];

describe('where the kernel tells the page of each fault', () => {
  test('faults are its counts, exact, most fault time first', () => {
    const view = viewOf(
      faults(key(1), 70, 9000, 'near'),
      faults(key(1), 30, 1000),
      faults(key(2), 5, 20_000),
      named(key(1), '/data/a'),
      named(key(2), '/data/b'),
    );
    expect(view.exact).toBe(true);
    expect(view.files.map(figures)).toEqual([
      ['file', '/data/b', 5, 20_000, true],
      ['file', '/data/a', 100, 10_000, true],
    ]);
    expect(first(view.files)).toMatchObject({ device: '8:1', inode: 2n, heat: null, pattern: null, residency: null });
  });

  test('cells are cumulative, and one that goes back starts anew: nothing is counted twice, nothing is lost', () => {
    const view = viewOf(
      faults(key(1), 70, 7000),
      faults(key(1), 90, 9000),
      faults(key(1), 4, 400),
      faults(key(1), 6, 600),
    );
    expect(first(view.files)).toMatchObject({ majorFaults: 96, faultWaitNs: 9600 });
  });

  test('a file that nothing has named yet is unknown, and gets its name when it comes', () => {
    const files = filesOf(faults(key(1), 1, 1), named(key(2), null), faults(key(2), 1, 1));
    expect(files.view(NOTHING_KNOWN)?.files.map(figures)).toEqual([
      ['unknown', null, 1, 1, true],
      ['unknown', null, 1, 1, true],
    ]);
    files.apply(named(key(1), '/late', { deleted: true, sizeBytes: 2n ** 42n + 1n }));
    const [late] = files.view(NOTHING_KNOWN)?.files ?? [];
    expect(late).toMatchObject({ of: 'file', path: '/late', deleted: true, sizeBytes: 2 ** 42 + 1 });
  });

  test('the heat is over the pages that the kernel told, whatever is mapped at the address', () => {
    const view = viewOf(
      mapping(10, 5, { of: 'file', path: '/other', device: DEVICE, inode: 9n }),
      faults(key(1), 3, 3000),
      named(key(1), '/data', { sizeBytes: 256n * 4096n }),
      single(11, { file: key(1), index: 200, weight: 3 }),
    );
    expect(view.files).toHaveLength(1);
    const { heat } = first(view.files);
    expect(heat?.toByte).toBe(256 * 4096);
    expect(heat?.cells.map((weight, cell) => [cell, weight]).filter(([, weight]) => weight !== 0)).toEqual([[200, 3]]);
  });

  test('what is mapped of a file is found where /proc/PID/maps has another device for it (overlayfs, btrfs)', () => {
    const view = viewOf(
      mapping(10, 5, { of: 'file', path: '/data', device: 99, inode: 1n }),
      mapping(30, 2, { of: 'file', path: '/data', device: 99, inode: 1n }),
      faults(key(1), 3, 3000),
      single(11, { file: key(1) }),
    );
    expect(first(view.files).mappedBytes).toBe(7 * 4096);
  });

  test('faults that read no page of a file are shared out by their single ones, what is in no mapping is unplaced', () => {
    const view = viewOf(
      mapping(10, 5, { of: 'heap', path: '[heap]' }),
      mapping(20, 5),
      mapping(30, 5, { path: '[anon:x]' }),
      mapping(40, 5, { of: 'shared', path: '/memfd:a (deleted)' }),
      faults(NO_FILE, 1000, 1_300_000),
      single(11, { weight: 30, latencyNs: 100 }),
      single(21, { weight: 10, latencyNs: 300 }),
      single(31, { weight: 10, latencyNs: 300 }),
      single(41, { weight: 40, latencyNs: 75 }),
      single(99, { weight: 10, latencyNs: 100 }),
    );
    expect(view.files.map(figures)).toEqual([
      ['anonymous', null, 200, 600_000, false],
      ['shared', '/memfd:a', 400, 300_000, false],
      ['heap', null, 300, 300_000, false],
    ]);
    expect(view).toMatchObject({ exact: true, unplacedFaults: 100, unplacedWaitNs: 100_000 });
    expect(sums(view)).toEqual([1000, 1_300_000]);
  });

  test('all of them are unplaced while no single one has arrived', () => {
    const view = viewOf(faults(NO_FILE, 12, 340));
    expect(view).toMatchObject({ files: [], unplacedFaults: 12, unplacedWaitNs: 340 });
  });

  test('a swapped private copy of a file and the file itself are two rows', () => {
    const file = { of: 'file', path: '/data', device: DEVICE, inode: 1n } as const;
    const view = viewOf(
      mapping(10, 5, file),
      faults(key(1), 7, 700),
      named(key(1), '/data'),
      faults(NO_FILE, 3, 300),
      single(11),
    );
    expect(view.files.map(figures)).toEqual([
      ['file', '/data', 7, 700, true],
      ['file', '/data', 3, 300, false],
    ]);
    expect(new Set(view.files.map(({ id }) => id)).size).toBe(2);
  });
});

describe('where the kernel does not tell', () => {
  const file = (inode: number, path: string, offset = 0n) =>
    ({ of: 'file', path, device: DEVICE, inode: BigInt(inode), offset }) as const;

  test('single faults count with their weight for the file that is mapped when they come', () => {
    const view = viewOf(
      mapping(10, 5, file(1, '/old (deleted)')),
      single(11, { weight: 3, latencyNs: 100 }),
      mapping(10, 5, file(2, '/new')),
      single(11, { weight: 2, latencyNs: null }),
      single(99, { weight: 4, latencyNs: 10 }),
      single(12, { weight: 0, latencyNs: 1e9 }),
    );
    expect(view.files.map(figures)).toEqual([
      ['file', '/old', 3, 300, false],
      ['file', '/new', 2, 0, false],
    ]);
    expect(view.files[0]).toMatchObject({ deleted: true, mappedBytes: 0, device: '8:1', inode: 1n });
    expect(view.files[1]).toMatchObject({ deleted: false, mappedBytes: 5 * 4096 });
    expect(view).toMatchObject({ exact: false, unplacedFaults: 4, unplacedWaitNs: 40 });
  });

  test('two mappings of one file are one row, with offsets from where each begins', () => {
    const far = 2n ** 42n;
    const view = viewOf(
      mapping(10, 5, file(1, '/data')),
      mapping(30, 5, file(1, '/data', far)),
      single(12),
      single(34, { weight: 2 }),
    );
    expect(view.files).toHaveLength(1);
    expect(first(view.files)).toMatchObject({ majorFaults: 3, mappedBytes: 10 * 4096 });
    expect(first(view.files).heat).toMatchObject({ fromByte: 2 * 4096, toByte: Number(far) + 5 * 4096 });
  });

  test('a scan is told from jumps though one fault in ten arrives', () => {
    const pages = 2 ** 20;
    const scanned = Array.from({ length: 300 }, (_, at) => single(at * 320, { weight: 10 }));
    const jumps = Array.from({ length: 300 }, (_, at) => single((at * 0x9e3779b1) % pages, { weight: 10 }));
    const whole = mapping(0, pages, file(1, '/data'));
    expect(first(viewOf(whole, ...scanned).files).pattern?.kind).toBe('sequential');
    expect(first(viewOf(whole, ...jumps).files).pattern?.kind).toBe('random');
  });

  test('a name and a size that were found for the file are used', () => {
    const view = viewOf(mapping(10, 5, file(1, '/a')), single(11), named(key(1), '/b', { sizeBytes: 9000n }));
    expect(first(view.files)).toMatchObject({ path: '/b', sizeBytes: 9000 });
  });
});

test('sums are the totals, whatever the mix of files, memory and faults in no mapping', () => {
  const count = fc.nat(10_000);
  const cell = fc.record({ inode: fc.integer({ min: 0, max: 6 }), count, totalNs: fc.nat(2 ** 40) });
  const one = fc.record({ at: fc.integer({ min: 0, max: 60 }), weight: fc.nat(50), latencyNs: fc.nat(1e6) });
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 30 }), fc.array(one, { maxLength: 30 }), (cells, singles) => {
      const latest = new Map(cells.map((own) => [own.inode, own]));
      const view = filesOf(
        mapping(10, 10),
        mapping(30, 10, { of: 'file', path: '/data', device: DEVICE, inode: 3n }),
        mapping(40, 10, { of: 'stack' }),
        ...[...latest.values()].map(({ inode, count: own, totalNs }) =>
          faults(inode === 0 ? NO_FILE : key(inode), own, totalNs),
        ),
        ...singles.map(({ at, ...fields }) => single(at, fields)),
      ).view(NOTHING_KNOWN);
      const all = latest.size > 0 ? [...latest.values()] : [];
      const expected =
        latest.size > 0
          ? [all.reduce((sum, own) => sum + own.count, 0), all.reduce((sum, own) => sum + own.totalNs, 0)]
          : [
              singles.reduce((sum, { weight }) => sum + weight, 0),
              singles.reduce((sum, { weight, latencyNs }) => sum + weight * latencyNs, 0),
            ];
      expect(view === null ? [0, expected[1]] : sums(view)).toEqual(expected);
    }),
  );
});

test('of ten thousand files the ones with most fault time are listed, the rest is summed', () => {
  const files = filesOf();
  for (let inode = 1; inode <= 10_000; inode += 1) {
    files.apply(faults(key(inode), 1, inode));
    files.applyFault(single(0, { file: key(inode) }), 0);
  }
  const view = files.view(NOTHING_KNOWN);
  expect(view?.files).toHaveLength(TOP_FILES);
  expect(view?.files[0]?.inode).toBe(10_000n);
  expect(view?.more).toEqual({ files: 9800, majorFaults: 9800, faultWaitNs: (9800 * 9801) / 2 });
});

test('however many short-lived files are mapped one after the other, the sums stay and so does the busiest', () => {
  const files = filesOf(mapping(1, 1, { of: 'file', path: '/hot', device: DEVICE, inode: 1n }));
  for (let inode = 2; inode < 10_000; inode += 1) {
    files.apply(mapping(10, 1, { of: 'file', path: `/tmp/${inode}`, device: DEVICE, inode: BigInt(inode) }));
    files.applyFault(single(10), 0);
    files.applyFault(single(1), 0);
  }
  const view = files.view(NOTHING_KNOWN);
  expect(view?.files[0]).toMatchObject({ path: '/hot', majorFaults: 9998 });
  expect(view?.files[0]?.heat?.cells[0]).toBeGreaterThan(0);
  expect(view === null || view === undefined ? [] : sums(view)[0]).toBe(2 * 9998);
});

test('residency is the latest reading, with its time', () => {
  const view = viewOf(
    faults(key(1), 1, 1),
    resident(key(1), 10n, 100n),
    resident(key(1), 40n, 100n, 5_000_000_000n),
    resident(key(2), 1n, 1n),
  );
  expect(first(view.files).residency).toEqual({ atNs: 5e9, residentBytes: 40, sizeBytes: 100 });
});

test('a file too large to be asked for says so, until there is a reading after all', () => {
  const gap = { kind: 'residency-gap', ...key(1), atNs: BEGIN, why: 'slow' } as const;
  expect(first(viewOf(faults(key(1), 1, 1), gap).files)).toMatchObject({ residency: null, residencyGap: 'slow' });
  const asked = viewOf(faults(key(1), 1, 1), gap, resident(key(1), 1n, 2n));
  expect(first(asked.files)).toMatchObject({ residency: { residentBytes: 1 }, residencyGap: null });
});

test('causes are asked for by device and inode, of files alone', () => {
  const share: CauseShare = { cause: 'refault', majorFaults: 3, faultWaitNs: 9, confidence: 'high', evictors: [] };
  const files = filesOf(mapping(10, 5), faults(key(1), 3, 9), faults(NO_FILE, 1, 1), single(11));
  const view = files.view({
    ...NOTHING_KNOWN,
    causesOf: (device, inode) => (device === DEVICE && inode === 1n ? [share] : null),
  });
  expect(view?.files.map(({ of, causes }) => [of, causes])).toEqual([
    ['unknown', [share]],
    ['anonymous', null],
  ]);
});

test('there is nothing to show before the first fault', () => {
  expect(filesOf(mapping(1, 2), named(key(1), '/a'), resident(key(1), 1n, 1n)).view(NOTHING_KNOWN)).toBeNull();
  expect(traceOf(tick(0n)).snapshot().files).toBeNull();
});

test('a trace has the files of its records, with the pages of its host', () => {
  const records = [mapping(10, 5), faults(key(1), 4, 400), single(11, { file: key(1), index: 7 })];
  const { files } = traceOf(...records, tick(5n)).snapshot();
  expect(files?.files[0]).toMatchObject({ majorFaults: 4, heat: { fromByte: 7 * 4096, toByte: 8 * 4096 } });
});
