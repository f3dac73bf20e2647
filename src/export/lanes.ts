import type { MutableTimeSplit } from '../model/time-split.js';
import { addSplit, emptySplit } from '../model/time-split.js';
import type { ThreadTime, Trace } from '../model/trace.js';

/** What one thread did between two ticks. */
export interface Lane {
  /** As in ThreadView.id. */
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
  #before = new Map<string, ThreadTime>();
  #atNs = 0;

  /** Null where no time has passed since the moment before. */
  span(trace: Trace): LaneSpan | null {
    const toNs = trace.elapsedNs;
    const fromNs = this.#atNs;
    if (toNs <= fromNs) return null;
    const now = new Map<string, ThreadTime>();
    const lanes: Lane[] = [];
    for (const thread of trace.threadTimes()) {
      now.set(thread.id, thread);
      const before = this.#before.get(thread.id);
      if (before !== undefined && before.time === thread.time) continue;
      const time = emptySplit();
      addSplit(time, thread.time);
      if (before !== undefined) addSplit(time, before.time, -1);
      const majorFaults = thread.majorFaults - (before?.majorFaults ?? 0);
      lanes.push({ id: thread.id, tid: thread.tid, name: thread.name, time, majorFaults });
    }
    this.#before = now;
    this.#atNs = toNs;
    return { fromNs, toNs, lanes };
  }
}
