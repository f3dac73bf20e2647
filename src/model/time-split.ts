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
  // Part by part, because names in a variable cost ten times as much, a million times a session.
  into.onCpu += sign * split.onCpu;
  into.runQueue += sign * split.runQueue;
  into.stolen += sign * split.stolen;
  into.fault += sign * split.fault;
  into['fault-other'] += sign * split['fault-other'];
  into.disk += sign * split.disk;
  into.lock += sign * split.lock;
  into.net += sign * split.net;
  into.stopped += sign * split.stopped;
  into.other += sign * split.other;
  into.poll += sign * split.poll;
  into.sleep += sign * split.sleep;
  into.parked += sign * split.parked;
}
