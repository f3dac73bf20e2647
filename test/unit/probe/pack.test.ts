import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIntegerKey, parseMapLine, tupleFields } from '../../../src/probe/map-line.js';
import { unpackCellKey, unpackMeta } from '../../../src/probe/pack.js';

const bits = (size: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(size)) - 1n });

test('what the script packs into a key comes out as it went in, also as the signed number bpftrace prints', () => {
  fc.assert(
    fc.property(bits(22), bits(14), bits(20), bits(8), (tid, generation, code, bucket) => {
      const key = (tid << 42n) | (generation << 28n) | (code << 8n) | bucket;
      const parts = { tid: Number(tid), generation: Number(generation), code: Number(code), bucket: Number(bucket) };
      expect(unpackCellKey(key)).toEqual(parts);
      expect(unpackCellKey(BigInt.asIntN(64, key))).toEqual(parts);
    }),
  );
});

test("of a thread's row the birth is told apart from the code of its wait", () => {
  fc.assert(
    fc.property(bits(14), bits(20), bits(20), (generation, faults, code) => {
      expect(unpackMeta((generation << 40n) | (faults << 20n) | code)).toEqual({
        generation: Number(generation),
        code: Number(code & ~8n),
        born: (code & 8n) !== 0n,
      });
    }),
  );
});

test('the values of a row are 64 bits without a sign, to the last one', () => {
  expect(tupleFields('(1, -1, 9223372036854775807, -9223372036854775808)', 4)).toEqual([
    1n,
    18_446_744_073_709_551_615n,
    9_223_372_036_854_775_807n,
    9_223_372_036_854_775_808n,
  ]);
});

test.each(['(1, 2)', '(1, 2, 3, 4)', '1, 2, 3', '(1, 2, x)', '(1,2,3)', '()', '(1, 2, 3) '])(
  '%j is no row of three',
  (value) => {
    expect(tupleFields(value, 3)).toBeUndefined();
  },
);

test('a row of a map is taken apart; what is no row is not', () => {
  expect(parseMapLine('@h0[-5]: (1, 2, 3)')).toEqual({ map: 'h0', key: '-5', value: '(1, 2, 3)' });
  for (const line of ['@x: 5', 'h0[5]: 1', '@h0[5] 1', '']) expect(parseMapLine(line)).toBeUndefined();
});

test.each(['', '-', '0x5', '1.5', '1, 2', '123456789012345678901'])('%j is no key of ours', (key) => {
  expect(isIntegerKey(key)).toBe(false);
});
