import { describe, expect, test } from 'vitest';
import { StorageDecoder } from '../../../src/probe/decode-storage.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import type { IoCellRecord } from '../../../src/record/storage.js';
import { capture, VERSIONS } from './captures.js';

const VDA = (254 << 20) >>> 0;

/** As bpf/storage.bt packs it: origin 0 fault, 1 target, 2 others; stage 0 queue, 1 service, 2 whole. */
function key(cpu: number, device: number, origin: number, write: number, stage: number, bucket: number): string {
  const low = (BigInt(device) << 13n) | BigInt((origin << 11) | (write << 10) | (stage << 8) | bucket);
  return String(BigInt.asIntN(64, (BigInt(cpu) << 45n) | low));
}

function decoderAfter(...lines: readonly string[]): StorageDecoder {
  const decoder = new StorageDecoder();
  for (const line of ['A 1000 1', ...lines]) decoder.line(line);
  return decoder;
}

const isCell = (record: FaultscopeRecord): record is IoCellRecord => record.kind === 'io-cell';

describe.each(VERSIONS)('what bpftrace %s printed of one reader of a cold mapping', (version) => {
  const { lines, majflt } = capture('storage.coldmmap', version);
  const decoder = new StorageDecoder();
  const records = lines.flatMap((line) => decoder.line(line)).concat(decoder.finish());
  const latest = new Map(
    records.filter(isCell).map((cell) => [`${cell.origin} ${cell.write} ${cell.stage} ${cell.bucket}`, cell]),
  );
  const faultReads = (stage: IoCellRecord['stage']) =>
    [...latest.values()].filter((cell) => cell.origin === 'fault' && !cell.write && cell.stage === stage);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

  const lost = sum(records.map((record) => (record.kind === 'loss' ? record.count : 0)));

  test('each of its major faults is one read of a page, in the queue and in the device, or is told as lost', () => {
    for (const stage of ['queue', 'service'] as const) {
      const count = sum(faultReads(stage).map((cell) => cell.count));
      expect(count + lost).toBe(majflt);
      expect(sum(faultReads(stage).map(({ bytes }) => bytes))).toBe(count * 4096);
    }
    expect(faultReads('whole')).toEqual([]);
    expect(decoder.devices).toEqual(new Set([VDA]));
  });

  test('is all read', () => {
    expect(
      records.filter((record) => record.kind !== 'io-cell' && !(record.kind === 'loss' && record.what === 'io')),
    ).toEqual([]);
  });
});

test('a cell is the sum over all CPUs, told once a dump', () => {
  const decoder = decoderAfter('D 1 2000');
  expect(decoder.line(`@h[${key(0, VDA, 0, 0, 1, 77)}]: (2, 30, 20, 8192)`)).toEqual([]);
  decoder.line(`@h[${key(300, VDA, 0, 0, 1, 77)}]: (1, 50, 50, 4096)`);
  const cell = { device: VDA, origin: 'fault', write: false, stage: 'service', bucket: 77 };
  expect(decoder.line('E 1')).toEqual([{ kind: 'io-cell', ...cell, count: 3, totalNs: 80, maxNs: 50, bytes: 12_288 }]);
  expect([...['D 2 3000', 'E 2'].flatMap((line) => decoder.line(line))]).toEqual([]);
});

test('devices with the highest numbers, on the highest CPUs, are told as they are', () => {
  const device = 0xffff_ffff;
  const decoder = decoderAfter('D 1 2000', `@h[${key(2 ** 18, device, 2, 1, 2, 255)}]: (1, 5, 5, 512)`);
  expect(decoder.line('E 1')).toMatchObject([{ device, origin: 'others', write: true, stage: 'whole', bucket: 255 }]);
  expect([...decoder.devices]).toEqual([device]);
});

test('a key that the script cannot have printed is garbage', () => {
  const decoder = decoderAfter('D 1 2000', `@h[${key(0, VDA, 3, 0, 1, 7)}]: (1, 5, 5, 512)`);
  expect(decoder.line('E 1')).toMatchObject([{ kind: 'loss', what: 'garbage', count: 1 }]);
});

test('I/O whose end was not seen is lost, and so is what had no room', () => {
  const decoder = decoderAfter('@p0[77]: (500, 600, 32768)', '@p0[78]: (500, 0, 32768)', 'D 9 2000', '@lost[1]: 5');
  expect(decoder.line('E 9')).toEqual([{ kind: 'loss', atNs: 2000n, set: 'storage', what: 'io', count: 2 }]);
});

test('each of the losses is told when it grows', () => {
  const decoder = decoderAfter('D 9 2000', '@lost[1]: 5', 'E 9', 'D 19 3000');
  expect(decoder.line('@lost[1]: 7')).toEqual([{ kind: 'loss', atNs: 3000n, set: 'storage', what: 'io', count: 2 }]);
});

test('what begins while the script is detached, which sees no ends any more, is not lost', () => {
  const decoder = decoderAfter('D 9 2000', '@lost[2]: 5', 'E 9');
  decoder.ends();
  const last = ['Z 500000000', '@p1[77]: (400000000, 0, 32768)', '@lost[2]: 29406'];
  expect([...last.flatMap((line) => decoder.line(line)), ...decoder.finish()]).toEqual([]);
});

test('I/O that is on its way when the script ends is not lost, what has been for a second is', () => {
  const decoder = decoderAfter('Z 5000000000', '@p0[77]: (4999000000, 0, 32768)', '@p1[78]: (3999000000, 0, 32768)');
  expect(decoder.finish()).toEqual([{ kind: 'loss', atNs: 5_000_000_000n, set: 'storage', what: 'io', count: 1 }]);
});

test('a script that does not find the saved registers says so', () => {
  expect(new StorageDecoder().line('A 1000 0')).toMatchObject([{ kind: 'loss', what: 'registers' }]);
});

test('I/O that has ended since its map was left is no loss', () => {
  expect(decoderAfter('@p0[77]: (0, 0, 0)', 'D 9 2000').line('E 9')).toEqual([]);
});
