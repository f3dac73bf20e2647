import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { DamagedError } from '../../../src/recording/decoder.js';
import { Encoder, MAX_STRING, MisfitError } from '../../../src/recording/encoder.js';
import { readRecords, writeRecord } from '../../../src/recording/payload.js';
import { FORMAT_VERSION, SHAPES, type Shape } from '../../../src/recording/shapes.js';
import { arbitraryRecord } from './arbitrary-records.js';

const encoded = (records: readonly FaultscopeRecord[]): Uint8Array => {
  const encoder = new Encoder();
  for (const record of records) writeRecord(encoder, record);
  return encoder.take();
};

const throughTheFile = (records: readonly FaultscopeRecord[]): FaultscopeRecord[] =>
  readRecords(encoded(records), FORMAT_VERSION);

test('whatever a session tells is read as it was written, to the last bit', () => {
  fc.assert(
    fc.property(fc.array(arbitraryRecord, { maxLength: 40 }), (records) => {
      // A clone has ordinary prototypes, as records have and those of fast-check have not.
      expect(throughTheFile(records)).toStrictEqual(structuredClone(records));
    }),
    { numRuns: 500 },
  );
});

test('every kind of record has a number of its own that fits into a byte', () => {
  const numbers = Object.values<Shape<FaultscopeRecord>>(SHAPES).map((shape) => shape.number);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.every((number) => number >= 1 && number <= 255)).toBe(true);
});

test('nothing that is no payload is taken for one, and no bytes do more than be refused', () => {
  const outcome = (bytes: Uint8Array): 'read' | 'refused' => {
    try {
      readRecords(bytes, FORMAT_VERSION);
      return 'read';
    } catch (error) {
      expect(error).toBeInstanceOf(DamagedError);
      return 'refused';
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
      outcome(bytes);
    }),
    { numRuns: 2000 },
  );
  expect(outcome(Uint8Array.of(200))).toBe('refused');
  expect(outcome(Uint8Array.of(SHAPES.tick.number))).toBe('refused');
});

test('a level or bucket that no kernel tells is not written, and would not be read', () => {
  const level = (value: number): FaultscopeRecord => ({ kind: 'level', capacity: 2, level: value, totalNs: 1 });
  expect(() => encoded([level(2 ** 40)])).toThrow(MisfitError);
  expect(() => encoded([level(-1)])).toThrow(MisfitError);
  expect(() => encoded([level(0.5)])).toThrow(MisfitError);
  const bytes = encoded([level(100)]);
  // Zigzag of 2^30 in place of the level.
  const hostile = Uint8Array.from([...bytes.slice(0, 2), 0x80, 0x80, 0x80, 0x80, 0x08, ...bytes.slice(4)]);
  expect(() => readRecords(hostile, FORMAT_VERSION)).toThrow(DamagedError);
});

test('a name beyond all measure is cut, the rest of the record is kept', () => {
  const record = { kind: 'function', pc: 1n, name: 'x'.repeat(1_000_000) } as const;
  expect(throughTheFile([record])).toStrictEqual([{ ...record, name: 'x'.repeat(MAX_STRING) }]);
});
