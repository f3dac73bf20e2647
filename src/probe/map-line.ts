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

const TUPLE = /^\((-?\d{1,20}(?:, -?\d{1,20})*)\)$/;

/** The integers of `(1, 2, 3)` as unsigned 64-bit values; undefined where there are not exactly `size` of them. */
export function tupleFields(value: string, size: number): bigint[] | undefined {
  const match = TUPLE.exec(value);
  const fields = match?.[1]?.split(', ');
  return fields?.length === size ? fields.map((field) => BigInt.asUintN(64, BigInt(field))) : undefined;
}
