import type { FaultscopeRecord } from '../record/record.js';
import { DamagedError, Decoder } from './decoder.js';
import type { Encoder } from './encoder.js';
import { SHAPES, type Shape } from './shapes.js';

const byNumber: Shape<FaultscopeRecord>[] = [];
for (const shape of Object.values<Shape<FaultscopeRecord>>(SHAPES)) byNumber[shape.number] = shape;

/** Throws MisfitError; what it has written of the record then is to be thrown away, with the payload that it is in. */
export function writeRecord(to: Encoder, record: FaultscopeRecord): void {
  const shape: Shape<FaultscopeRecord> = SHAPES[record.kind];
  to.byte(shape.number);
  shape.write(to, record);
}

/** All records of a payload. Throws DamagedError where there is anything else in it. */
export function readRecords(payload: Uint8Array, version: number): FaultscopeRecord[] {
  const from = new Decoder(payload, version);
  const records: FaultscopeRecord[] = [];
  while (!from.isAtEnd) {
    const shape = byNumber[from.byte()];
    if (shape === undefined) throw new DamagedError('a kind of record that there is not');
    records.push(shape.read(from));
  }
  return records;
}
