import type { ThreadGrowth } from '../model/thread-account.js';
import { addSplit, type MutableTimeSplit } from '../model/time-split.js';
import type { Trace } from '../model/trace.js';

/** What one thread did between two ticks. */
export interface Lane {
  /** As in ThreadView.id when it was first told of; a thread that calls execve(2) goes on under the id of the one it replaces. */
  readonly id: string;
  readonly tid: number;
  readonly name: string | null;
  /** Its parts add up to the span, or to the part of it that the thread lived; a part may be a little below nought. */
  readonly time: Readonly<MutableTimeSplit>;
  readonly majorFaults: number;
}

/** What all threads did between two ticks, in ns since the session began. */
export interface LaneSpan {
  readonly fromNs: number;
  readonly toNs: number;
  /** Those that lived in it. */
  readonly lanes: readonly Lane[];
}

/** Divides a session into spans between ticks: fed at each moment (ExportedSession.moments), it tells what came since the one before. */
export class Lanes {
  #atNs = 0;

  /** Null where no time has passed since the moment before. */
  span(trace: Trace): LaneSpan | null {
    const toNs = trace.elapsedNs;
    const fromNs = this.#atNs;
    if (toNs <= fromNs) return null;
    this.#atNs = toNs;
    return { fromNs, toNs, lanes: trace.takeGrowth().map(laneOf) };
  }
}

function laneOf({ before, now }: ThreadGrowth): Lane {
  const time = { ...now.time };
  if (before !== null) addSplit(time, before.time, -1);
  return { ...now, time, majorFaults: now.majorFaults - (before?.majorFaults ?? 0) };
}
