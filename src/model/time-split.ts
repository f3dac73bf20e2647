import { TIME_PARTS, type TimePart } from './cause.js';
import type { TimeSplit } from './snapshot.js';

/** A split that can still be added to. */
export type MutableTimeSplit = { [part in TimePart]: number };

const EMPTY = Object.fromEntries(TIME_PARTS.map((part) => [part, 0])) as MutableTimeSplit;

export function emptySplit(): MutableTimeSplit {
  return { ...EMPTY };
}

/** All parts together. */
export function sumOf(split: TimeSplit): number {
  let sum = 0;
  for (const part of TIME_PARTS) sum += split[part];
  return sum;
}

/** Adds `sign` times `split` to `into`. */
export function addSplit(into: MutableTimeSplit, split: TimeSplit, sign: 1 | -1 = 1): void {
  for (const part of TIME_PARTS) into[part] += sign * split[part];
}
