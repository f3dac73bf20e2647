import { expect, test } from 'vitest';
import { Mappings } from '../../../src/model/mappings.js';
import type { MappingRecord } from '../../../src/record/record.js';
import { BEGIN, fault, traceOf } from './records.js';

const PAGE = 4096n;

/** `pages` pages of `path` at page `at`. */
function mapping(at: number, pages: number, path: string | null, fields: Partial<MappingRecord> = {}): MappingRecord {
  return {
    kind: 'mapping',
    atNs: BEGIN,
    start: BigInt(at) * PAGE,
    end: BigInt(at + pages) * PAGE,
    of: path === null ? 'anonymous' : 'file',
    path,
    offset: 0n,
    device: 0,
    inode: 0n,
    ...fields,
  };
}

const faultAt = (page: number, fields = {}) => fault(0n, { address: BigInt(page) * PAGE, ...fields });

function told(...records: (MappingRecord | ReturnType<typeof fault>)[]) {
  const mappings = new Mappings();
  for (const record of records) {
    if (record.kind === 'mapping') mappings.applyMapping(record);
    else mappings.applyFault(record);
  }
  return mappings.view();
}

test('faults are laid to their mapping with their weight, most faults first', () => {
  const view = told(
    mapping(10, 5, '/data/index'),
    mapping(20, 2, null),
    faultAt(10, { weight: 3, latencyNs: 100 }),
    faultAt(21, { weight: 1, latencyNs: 7 }),
    faultAt(14, { weight: 2, latencyNs: null }),
  );
  expect(view).toEqual([
    { of: 'file', path: '/data/index', sizeBytes: 5 * 4096, majorFaults: 5, faultWaitNs: 300 },
    { of: 'anonymous', path: null, sizeBytes: 2 * 4096, majorFaults: 1, faultWaitNs: 7 },
  ]);
});

test('all mappings of one path are one row, and its size is what is mapped of it', () => {
  const view = told(mapping(10, 5, '/data'), mapping(30, 4, '/data'), faultAt(11), faultAt(33));
  expect(view).toEqual([{ of: 'file', path: '/data', sizeBytes: 9 * 4096, majorFaults: 2, faultWaitNs: 2000 }]);
});

test('a heap that has grown is one mapping, not two', () => {
  const heap = (pages: number) => mapping(10, pages, '[heap]', { of: 'heap' });
  expect(told(heap(5), faultAt(11), heap(50), faultAt(55))).toEqual([
    { of: 'heap', path: '[heap]', sizeBytes: 50 * 4096, majorFaults: 2, faultWaitNs: 2000 },
  ]);
});

test('a fault stays with what was mapped when it came, though the address is given to another file', () => {
  const view = told(mapping(10, 5, '/old'), faultAt(11), faultAt(12), mapping(10, 5, '/new'), faultAt(11));
  expect(view.map(({ path, majorFaults, sizeBytes }) => [path, majorFaults, sizeBytes])).toEqual([
    ['/old', 2, 0],
    ['/new', 1, 5 * 4096],
  ]);
});

test('a fault in no known mapping is laid to none, and one that was sent only for being long does not count', () => {
  expect(told(mapping(10, 5, '/data'), faultAt(9), faultAt(15), faultAt(11, { weight: 0 }))).toEqual([]);
});

test('twenty rows are shown, and the busiest file is among them however many others come and go', () => {
  const mappings = new Mappings();
  mappings.applyMapping(mapping(1, 1, '/hot'));
  for (let file = 0; file < 5000; file += 1) {
    mappings.applyMapping(mapping(100 + file, 1, `/tmp/${file}`));
    mappings.applyFault(faultAt(100 + file));
    mappings.applyFault(faultAt(1));
  }
  const view = mappings.view();
  expect(view).toHaveLength(20);
  expect(view[0]).toMatchObject({ path: '/hot', majorFaults: 5000 });
});

test('a trace lays the faults that follow a mapping to it', () => {
  const { mappings } = traceOf(mapping(10, 5, '/data'), faultAt(11, { weight: 9 })).snapshot();
  expect(mappings).toEqual([{ of: 'file', path: '/data', sizeBytes: 5 * 4096, majorFaults: 9, faultWaitNs: 9000 }]);
});
