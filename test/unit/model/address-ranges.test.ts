import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressRanges } from '../../../src/model/address-ranges.js';

const range = fc.record({ start: fc.nat(60), length: fc.integer({ min: 1, max: 30 }), value: fc.option(fc.nat(5)) });

test('what was said last of an address is true, whatever was said before, also that nothing is known of it any more', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 40 }), (ranges) => {
      const known = new AddressRanges<number>(1000);
      const truth = new Array<number | null>(100).fill(null);
      for (const { start, length, value } of ranges) {
        if (value === null) known.clear(BigInt(start), BigInt(start + length));
        else known.set(BigInt(start), BigInt(start + length), value);
        truth.fill(value, start, start + length);
      }
      expect(truth.map((_value, address) => known.find(BigInt(address)))).toEqual(truth);
      const list = known.list();
      expect(list.every(({ start, end }) => start < end)).toBe(true);
      expect(list.slice(1).every(({ start }, index) => start >= (list[index]?.end ?? 0n))).toBe(true);
    }),
  );
});

test('a mapping split in the middle is known on both sides of the hole', () => {
  const known = new AddressRanges<string>(10);
  known.set(0x1000n, 0x9000n, 'old');
  known.set(0x4000n, 0x5000n, 'new');
  expect(known.list().map(({ start, end, value }) => [start, end, value])).toEqual([
    [0x1000n, 0x4000n, 'old'],
    [0x4000n, 0x5000n, 'new'],
    [0x5000n, 0x9000n, 'old'],
  ]);
});

test('however much is told, no more is kept than the limit', () => {
  const known = new AddressRanges<number>(8);
  for (let index = 0; index < 1000; index += 1) {
    known.set(BigInt(index * 2), BigInt(index * 2 + 1), index);
    expect(known.list().length).toBeLessThanOrEqual(8);
    expect(known.find(BigInt(index * 2))).toBe(index);
  }
});
