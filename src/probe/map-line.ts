/** One row of a map as bpftrace prints it in text mode: `@name[key]: value`. */
export interface MapLine {
  readonly map: string;
  readonly key: string;
  readonly value: string;
}

/**
 * Undefined where the line is no row of a map. Most rows of a dump say what they said before: splitting must cost next to
 * nothing, and looks no closer; see {@link isIntegerKey} and {@link tupleFields} for rows that are news.
 */
export function parseMapLine(line: string): MapLine | undefined {
  const open = line.indexOf('[');
  const close = line.indexOf(']: ', open);
  if (!line.startsWith('@') || open === -1 || close === -1) return undefined;
  return { map: line.slice(1, open), key: line.slice(open + 1, close), value: line.slice(close + 3) };
}

/** Whether a key is one integer of 64 bits. */
export function isIntegerKey(key: string): boolean {
  return /^-?\d{1,20}$/.test(key);
}

/** The two integers of a key of two parts, as unsigned 64-bit values; undefined where it is no such key. */
export function pairOf(key: string): readonly [bigint, bigint] | undefined {
  const [, first, second] = PAIR.exec(key) ?? [];
  if (first === undefined || second === undefined) return undefined;
  return [BigInt.asUintN(64, BigInt(first)), BigInt.asUintN(64, BigInt(second))];
}

const PAIR = /^(-?\d{1,20}), ?(-?\d{1,20})$/;

/** What a `stats()` map says, e.g. `count 3, average 7, total 21`, from 0.24 or so on `{ .count = 3, .average = 7, .total = 21 }`. */
export function statsOf(value: string): { readonly count: number; readonly total: number } | undefined {
  const [, count, total] = (value.startsWith('{') ? STRUCT : WORDS).exec(value) ?? [];
  return count === undefined || total === undefined ? undefined : { count: Number(count), total: Number(total) };
}

const WORDS = /^count (\d{1,20}), average \d{1,20}, total (\d{1,20})$/;
const STRUCT = /^\{ \.count = (\d{1,20}), \.average = \d{1,20}, \.total = (\d{1,20}) \}$/;

const TUPLE = /^\((-?\d{1,20}(?:, -?\d{1,20})*)\)$/;

/** The integers of `(1, 2, 3)` as unsigned 64-bit values; undefined where there are not exactly `size` of them. */
export function tupleFields(value: string, size: number): bigint[] | undefined {
  const match = TUPLE.exec(value);
  const fields = match?.[1]?.split(', ');
  return fields?.length === size ? fields.map((field) => BigInt.asUintN(64, BigInt(field))) : undefined;
}
