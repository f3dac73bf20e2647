/** One row of a map as bpftrace prints it in text mode: `@name[key]: value`. */
export interface MapLine {
  readonly map: string;
  readonly key: string;
  readonly value: string;
}

const ROW = /^@([a-z0-9_]+)\[(-?\d{1,20})\]: (.{1,200})$/;

/** Undefined where the line is not a row of a map keyed by one integer. */
export function parseMapLine(line: string): MapLine | undefined {
  const match = ROW.exec(line);
  if (match === null) return undefined;
  const [, map = '', key = '', value = ''] = match;
  return { map, key, value };
}

const TUPLE = /^\((-?\d{1,20}(?:, -?\d{1,20})*)\)$/;

/** The integers of `(1, 2, 3)` as unsigned 64-bit values; undefined where there are not exactly `size` of them. */
export function tupleFields(value: string, size: number): bigint[] | undefined {
  const match = TUPLE.exec(value);
  const fields = match?.[1]?.split(', ');
  return fields?.length === size ? fields.map((field) => BigInt.asUintN(64, BigInt(field))) : undefined;
}
