import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Mappings } from '../../../src/model/mappings.js';
import type { FilePage } from '../../../src/record/files.js';
import type { MappingRecord, UnmappedRecord } from '../../../src/record/record.js';
import { FileSystems } from '../../../src/session/file-systems.js';
import { MappingWatch } from '../../../src/session/mapping-watch.js';
import { fault } from '../model/records.js';

const SECOND = 1_000_000_000n;
const MS = 1_000_000n;
const DEVICE = 0xfe00000;
const OVERLAY = 0x2b;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Line {
  readonly start: bigint;
  readonly end: bigint;
  readonly path: string;
  readonly inode?: number;
  readonly offset?: bigint;
  readonly overlay?: boolean;
}

function lineOf({ start, end, path, inode = 7, offset = 0n, overlay = false }: Line): string {
  const device = overlay ? '00:2b' : 'fe:00';
  return `${start.toString(16)}-${end.toString(16)} r--s ${offset.toString(16)} ${device} ${inode}    ${path}\n`;
}

const at = (start: bigint, end: bigint, path: string, inode = 7): Line => ({ start, end, path, inode });
const page = (index: bigint, inode = 7n, device = DEVICE): FilePage => ({ device, inode, index });

/** A process whose maps, and whose clock, a test sets. Each piece of a reading takes `pieceNs`. */
function watched({ pieceNs = 0n, linesAPiece = 1000 } = {}) {
  const host = { maps: [] as Line[], nowNs: 0n, reads: 0, longestHoldNs: 0n };
  function* maps(): Generator<string> {
    host.reads += 1;
    const lines = host.maps.map(lineOf);
    for (let from = 0; from < lines.length; from += linesAPiece) {
      host.nowNs += pieceNs;
      yield lines.slice(from, from + linesAPiece).join('');
    }
  }
  const nowNs = () => host.nowNs;
  const fileSystems = new FileSystems(() => new Map([[OVERLAY, 'overlay']]), nowNs);
  const watch = new MappingWatch({ nowNs, maps, fileSystems });
  const tell = (address: bigint, of: FilePage | null = null) =>
    pathOf(watch.before({ address, atNs: host.nowNs, page: of }));
  return { host, tell, watch };
}

const pathOf = (record: MappingRecord | UnmappedRecord | null) => (record?.kind === 'mapping' ? record.path : null);

test('of an address whose mapping is gone, or is another one by now, what was told is taken back: once', () => {
  const { host, tell, watch } = watched();
  const mappings = new Mappings();
  const faultAt = (address: bigint, of: FilePage | null): void => {
    const record = watch.before({ address, atNs: host.nowNs, page: of });
    if (record !== null) mappings.applyMapping(record);
    mappings.applyFault(fault(0n, { address, page: of }));
  };
  host.maps = [at(0x1000n, 0x5000n, '/old')];
  faultAt(0x2000n, page(1n));
  // Another file's, which was unmapped again before anybody could look.
  faultAt(0x3000n, page(77n, 8n));
  expect(mappings.view()).toMatchObject([{ path: '/old', majorFaults: 1 }]);
  host.nowNs += SECOND;
  expect(tell(0x2000n, page(1n))).toBe('/old');
  host.maps = [];
  host.nowNs += SECOND;
  expect(watch.before({ address: 0x4000n, atNs: 5n, page: page(88n, 9n) })).toEqual({
    ...{ kind: 'unmapped', atNs: 5n, start: 0x1000n, end: 0x5000n },
  });
  expect(watch.before({ address: 0x4000n, atNs: 6n, page: page(88n, 9n) })).toBeNull();
});

test('a mapping is told before the first fault in it, and once', () => {
  const { host, watch } = watched();
  host.maps = [at(0x1000n, 0x5000n, '/data')];
  expect(watch.before({ address: 0x2000n, atNs: 77n, page: null })).toEqual({
    kind: 'mapping',
    atNs: 77n,
    start: 0x1000n,
    end: 0x5000n,
    of: 'file',
    path: '/data',
    offset: 0n,
    device: DEVICE,
    inode: 7n,
  });
  expect(watch.before({ address: 0x3000n, atNs: 78n, page: null })).toBeNull();
  expect(host.reads).toBe(1);
});

test('an unknown address has the maps read again at once, but not for each of many', () => {
  const { host, tell } = watched();
  host.maps = [at(0x1000n, 0x5000n, '/old')];
  tell(0x1000n);
  host.maps = [at(0x1000n, 0x5000n, '/old'), at(0x9000n, 0xa000n, '/new')];
  host.nowNs = 9n * MS;
  expect(tell(0x9000n)).toBeNull();
  host.nowNs = 10n * MS;
  expect(tell(0x9000n)).toBe('/new');
  for (let times = 0; times < 100; times += 1) tell(0xf000n);
  expect(host.reads).toBe(2);
});

test('while pages fit the mappings, these are not read again', () => {
  const { host, tell } = watched();
  host.maps = [{ start: 0x1000n, end: 0x5000n, path: '/data', offset: 0x7000n }];
  expect(tell(0x3000n, page(9n))).toBe('/data');
  for (let index = 7n; index < 11n; index += 1n) {
    host.nowNs += 100n * SECOND;
    expect(tell(0x1000n + (index - 7n) * 4096n + 5n, page(index))).toBeNull();
  }
  expect(host.reads).toBe(1);
});

test.each([
  ['another file', page(1n, 8n)],
  ['another device', page(1n, 7n, DEVICE + 1)],
  ['another place in the file', page(2n)],
])('a fault whose page is of %s is laid to no mapping until one fits', (_, other) => {
  const { host, tell } = watched();
  host.maps = [at(0x1000n, 0x5000n, '/old')];
  expect(tell(0x2000n, page(1n))).toBe('/old');
  host.nowNs += 20n * MS;
  expect(tell(0x2000n, other), 'the maps still say /old').toBeNull();
  expect(host.reads).toBe(2);
});

test('an address that now belongs to another file is told anew', () => {
  const { host, tell } = watched();
  host.maps = [at(0x1000n, 0x5000n, '/old')];
  expect(tell(0x1000n, page(0n))).toBe('/old');
  host.maps = [at(0x1000n, 0x5000n, '/new', 8)];
  host.nowNs += 20n * MS;
  expect(tell(0x1000n, page(0n, 8n))).toBe('/new');
});

test('where no page tells, a mapping is trusted for a second', () => {
  const { host, tell } = watched();
  host.maps = [at(0x1000n, 0x5000n, '/old')];
  expect(tell(0x1000n)).toBe('/old');
  host.maps = [at(0x1000n, 0x5000n, '/new')];
  host.nowNs = SECOND - 1n;
  expect(tell(0x1000n)).toBeNull();
  host.nowNs = SECOND;
  expect(tell(0x1000n)).toBe('/new');
});

test('maps that take long to read are read less often: a hundredth of the time at most', () => {
  const { host, tell } = watched({ pieceNs: 2n * MS });
  host.maps = [at(0x1000n, 0x5000n, '/data')];
  tell(0x9000n);
  host.nowNs = 201n * MS;
  tell(0x9000n);
  expect(host.reads).toBe(1);
  host.nowNs = 202n * MS;
  tell(0x9000n);
  expect(host.reads).toBe(2);
});

test('a long reading makes room for everything else, and counts once it is whole', () => {
  const { host, tell } = watched({ pieceNs: MS, linesAPiece: 1 });
  host.maps = Array.from({ length: 40 }, (_, index) =>
    at(BigInt(index * 2 + 1) << 12n, BigInt(index * 2 + 2) << 12n, '/x'),
  );
  expect(tell(0x1000n)).toBeNull();
  expect(host.nowNs).toBeLessThan(5n * MS);
  vi.runAllTimers();
  expect(tell(0x1000n)).toBe('/x');
  expect(host.reads).toBe(1);
});

test('an ended process, of which nothing is mapped, leaves what was known', () => {
  const { host, tell, watch } = watched();
  host.maps = [at(0x1000n, 0x5000n, '/data')];
  tell(0x1000n);
  host.maps = [];
  host.nowNs = 2n * SECOND;
  tell(0x9000n);
  expect(watch.ofFile({ device: DEVICE, inode: 7n })?.path).toBe('/data');
});

test('once closed it reads nothing', () => {
  const { host, tell, watch } = watched();
  watch.close();
  tell(0x1000n);
  expect(host.reads).toBe(0);
});

test.each([0n, 1n << 63n, 0xffff_ffff_ff60_0000n])(
  'address %s is in no mapping, and nothing is read for it',
  (address) => {
    const { host, tell } = watched();
    host.maps = [at(0n, 1n << 63n, '[vsyscall]')];
    expect(tell(address)).toBeNull();
    expect(host.reads).toBe(0);
  },
);

test('on overlayfs several faults in a row teach which inode is behind a mapping, and then it is found by both', () => {
  const { host, tell, watch } = watched();
  host.maps = [{ start: 0x1000n, end: 0x5000n, path: '/merged/data', inode: 900, overlay: true }];
  const below = page(1n, 7n);
  for (const _ of [1, 2]) {
    host.nowNs += 20n * MS;
    expect(tell(0x2000n, below)).toBeNull();
    expect(watch.ofFile(below)).toBeNull();
  }
  host.nowNs += 20n * MS;
  expect(tell(0x2000n, below)).toBe('/merged/data');
  expect(watch.ofFile(below)?.path).toBe('/merged/data');
  expect(tell(0x2000n, page(3n, 7n)), 'another place in it').toBeNull();
});

test('faults of changing files teach nothing, nor do those on other file systems', () => {
  const { host, tell, watch } = watched();
  host.maps = [
    { start: 0x1000n, end: 0x5000n, path: '/merged/data', inode: 900, overlay: true },
    at(0x9000n, 0xa000n, '/plain', 8),
  ];
  for (const inode of [7n, 8n, 7n, 8n, 7n, 8n]) {
    host.nowNs += 20n * MS;
    expect(tell(0x2000n, page(1n, inode))).toBeNull();
    expect(tell(0x9000n, page(0n, 77n))).toBeNull();
  }
  expect(watch.ofFile(page(0n, 77n))).toBeNull();
});

test('the model knows what the watch has told, however many mappings come and go', () => {
  const { host, watch } = watched();
  const model = new Mappings();
  const count = 66_000;
  let told = 0;
  host.maps = Array.from({ length: count }, (_, index) =>
    at(BigInt(index * 2 + 1) << 12n, BigInt(index * 2 + 2) << 12n, '/x'),
  );
  for (const round of [1, 2]) {
    for (let index = 0; index < count; index += 1) {
      const record = fault(0n, { address: BigInt(index * 2 + 1) << 12n });
      const news = watch.before(record);
      if (news !== null) {
        told += 1;
        model.applyMapping(news);
      }
      model.applyFault(record);
    }
    expect(model.view()[0]?.majorFaults).toBe(count * round);
  }
  expect(told).toBeGreaterThan(count);
});
