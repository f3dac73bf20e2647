import { fileName } from '../diagnosis/file-words.js';
import { startName } from '../diagnosis/words.js';
import type { Snapshot } from '../model/snapshot.js';

/** Where fault time moved: threads stuck there, on average. Without an interval: one sum of each session. */
export interface Movement {
  /** An outside string. */
  readonly name: string;
  /** Null where that session's list does not reach so far. */
  readonly before: number | null;
  readonly after: number | null;
}

export interface Movements {
  readonly files: readonly Movement[];
  /** Threads of the same name, numbers in it aside. */
  readonly threads: readonly Movement[];
  /** Goroutines by start function; empty for what is no Go program. */
  readonly functions: readonly Movement[];
}

/** Told of each kind, those that moved most. */
const MOST = 5;
/** A thread in a fault for a thousandth of the time is no movement. */
const LEAST_THREADS = 0.001;

export function movementsOf(before: Snapshot, after: Snapshot): Movements {
  return {
    files: largest(files(before), files(after)),
    threads: largest(threads(before), threads(after)),
    functions: largest(functions(before), functions(after)),
  };
}

/** Fault time by name; `rest` is null where what is not listed was none. */
interface FaultTime {
  readonly byName: ReadonlyMap<string, number>;
  readonly absent: number | null;
}

function files(snapshot: Snapshot): FaultTime {
  const list = snapshot.files?.files ?? [];
  const rows = list.map((file) => ({ name: fileName(file), ns: file.faultWaitNs }));
  return faultTime(snapshot, rows, snapshot.files === null || snapshot.files.more.files === 0);
}

function threads(snapshot: Snapshot): FaultTime {
  const rows = snapshot.threads.map(({ name, faultWaitNs }) => ({ name: groupName(name), ns: faultWaitNs }));
  const { threadsAlive, threadsEnded } = snapshot.totals;
  return faultTime(snapshot, rows, snapshot.threads.length >= threadsAlive + threadsEnded);
}

function functions(snapshot: Snapshot): FaultTime {
  const rows = snapshot.goroutines?.functions.map((one) => ({ name: startName(one), ns: one.faultWaitNs })) ?? [];
  return faultTime(snapshot, rows, snapshot.goroutines !== null || snapshot.totals.majorFaults === 0);
}

function faultTime({ window }: Snapshot, rows: readonly { name: string; ns: number }[], isWhole: boolean): FaultTime {
  const byName = new Map<string, number>();
  for (const { name, ns } of rows) byName.set(name, (byName.get(name) ?? 0) + ns / Math.max(1, window.durationNs));
  return { byName, absent: isWhole ? 0 : null };
}

function largest(before: FaultTime, after: FaultTime): Movement[] {
  const names = new Set([...before.byName.keys(), ...after.byName.keys()]);
  return Array.from(names, (name) => ({
    name,
    before: before.byName.get(name) ?? before.absent,
    after: after.byName.get(name) ?? after.absent,
  }))
    .filter((movement) => distance(movement) >= LEAST_THREADS)
    .sort((a, b) => distance(b) - distance(a))
    .slice(0, MOST);
}

function distance({ before, after }: Movement): number {
  return Math.abs((after ?? 0) - (before ?? 0));
}

/** "worker-12" and "worker-7" are one group: "worker-N". */
function groupName(name: string | null): string {
  return name === null ? 'threads without a name' : name.replace(/\d+/g, 'N');
}
