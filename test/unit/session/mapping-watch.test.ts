import { expect, test } from 'vitest';
import type { Mapping } from '../../../src/host/mappings.js';
import { Mappings } from '../../../src/model/mappings.js';
import { MappingWatch } from '../../../src/session/mapping-watch.js';
import { fault } from '../model/records.js';

const SECOND = 1_000_000_000n;

function mapping(start: bigint, end: bigint, path: string): Mapping {
  return { start, end, of: 'file', path, offset: 0n, device: 0, inode: 0n };
}

/** A process whose maps, and whose clock, a test sets. */
function watched({ readTakesNs = 0n } = {}) {
  const host = { maps: [] as Mapping[], nowNs: 0n, reads: 0 };
  const watch = new MappingWatch(
    1,
    () => host.nowNs,
    () => {
      host.reads += 1;
      host.nowNs += readTakesNs;
      return host.maps;
    },
  );
  const pathTold = (address: bigint) => watch.before({ address, atNs: host.nowNs })?.path ?? null;
  return { host, pathTold, watch };
}

test('a mapping is told before the first fault in it, and once', () => {
  const { host, watch } = watched();
  host.maps = [mapping(0x1000n, 0x5000n, '/data')];
  expect(watch.before({ address: 0x2000n, atNs: 77n })).toEqual({
    kind: 'mapping',
    atNs: 77n,
    start: 0x1000n,
    end: 0x5000n,
    of: 'file',
    path: '/data',
    offset: 0n,
  });
  expect(watch.before({ address: 0x3000n, atNs: 78n })).toBeNull();
  expect(host.reads).toBe(1);
});

test('an unknown address has the maps read again, at most once a second, and until then it stays unknown', () => {
  const { host, pathTold } = watched();
  host.maps = [mapping(0x1000n, 0x5000n, '/old')];
  pathTold(0x1000n);
  host.maps = [mapping(0x1000n, 0x5000n, '/old'), mapping(0x9000n, 0xa000n, '/new')];
  host.nowNs = SECOND - 1n;
  expect(pathTold(0x9000n)).toBeNull();
  expect(host.reads).toBe(1);
  host.nowNs = SECOND;
  expect(pathTold(0x9000n)).toBe('/new');
  expect(host.reads).toBe(2);
});

test('an address that now belongs to another file is told anew', () => {
  const { host, pathTold } = watched();
  host.maps = [mapping(0x1000n, 0x5000n, '/old')];
  expect(pathTold(0x1000n)).toBe('/old');
  host.maps = [mapping(0x1000n, 0x5000n, '/new')];
  host.nowNs = 2n * SECOND;
  expect(pathTold(0x1000n)).toBe('/new');
  host.maps = [mapping(0x1000n, 0x5000n, '/old')];
  host.nowNs = 4n * SECOND;
  expect(pathTold(0x1000n)).toBe('/old');
});

test('maps that take long to read are read less often: a hundredth of the time at most', () => {
  const { host, pathTold } = watched({ readTakesNs: 50_000_000n });
  pathTold(0x1000n);
  host.nowNs = 4n * SECOND;
  pathTold(0x1000n);
  expect(host.reads).toBe(1);
  host.nowNs = 6n * SECOND;
  pathTold(0x1000n);
  expect(host.reads).toBe(2);
});

test.each([0n, 1n << 63n, 0xffff_ffff_ff60_0000n])(
  'address %s is in no mapping, and nothing is read for it',
  (address) => {
    const { host, pathTold } = watched();
    host.maps = [mapping(0n, 1n << 64n, '[vsyscall]')];
    expect(pathTold(address)).toBeNull();
    expect(host.reads).toBe(0);
  },
);

test('the model knows what the watch has told, however many mappings come and go', () => {
  const { host, watch } = watched();
  const model = new Mappings();
  const count = 66_000;
  let told = 0;
  host.maps = Array.from({ length: count }, (_, at) =>
    mapping(BigInt(at * 2 + 1) << 12n, BigInt(at * 2 + 2) << 12n, '/x'),
  );
  for (const round of [1, 2]) {
    for (let at = 0; at < count; at += 1) {
      const record = fault(0n, { address: BigInt(at * 2 + 1) << 12n });
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
