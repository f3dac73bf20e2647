import { expect, test } from 'vitest';
import { Decoder } from '../../../src/recording/decoder.js';
import { Encoder } from '../../../src/recording/encoder.js';
import { bool, object, since, uint } from '../../../src/recording/fields.js';

test('a field that came with a later version has its default in older recordings', () => {
  const older = object<{ pages: number }>({ pages: uint(100) });
  const newer = object<{ pages: number; isHuge: boolean }>({ pages: uint(100), isHuge: since(2, bool, false) });
  const encoder = new Encoder();
  older.write(encoder, { pages: 7 });
  expect(newer.read(new Decoder(encoder.take(), 1))).toEqual({ pages: 7, isHuge: false });
  newer.write(encoder, { pages: 7, isHuge: true });
  expect(newer.read(new Decoder(encoder.take(), 2))).toEqual({ pages: 7, isHuge: true });
});
