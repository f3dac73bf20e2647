import type { TimePart } from '../../../src/model/cause.js';
import type { FilesView, FileView } from '../../../src/model/files-view.js';
import type {
  GoroutineFunction,
  HistoryPoint,
  MappingView,
  Snapshot,
  StallsView,
  ThreadView,
} from '../../../src/model/snapshot.js';
import type { RuntimeFacts } from '../../../src/record/record.js';
import { NO_TIME } from '../../support/nothing-seen.js';
import { emptySnapshot, threadView, waitView } from '../export/snapshots.js';

export const SECOND = 1e9;

/** Seconds that threads spent on each part, ended ones too. */
export type Seconds = Partial<Record<TimePart, number>>;

/** A process watched for so long, whose threads spent so many seconds on what is given. */
export function session(seconds: number, spent: Seconds = {}, facts: Partial<Snapshot> = {}): Snapshot {
  const blank = emptySnapshot();
  const time = { ...NO_TIME, ...timeOf(spent) };
  const totals = {
    ...blank.totals,
    time,
    idleNs: time.poll + time.sleep + time.parked,
    faultWaitNs: time.fault,
    threadsAlive: 8,
  };
  return {
    ...blank,
    window: { ...blank.window, durationNs: seconds * SECOND },
    probes: [{ set: 'threads', state: 'running', variant: null, detail: null }],
    totals,
    ...facts,
  };
}

/** The same with so many major faults, which go on as they did. */
export function withFaults(snapshot: Snapshot, majorFaults: number): Snapshot {
  const majorFaultRateHz = majorFaults / (snapshot.window.durationNs / SECOND);
  return { ...snapshot, totals: { ...snapshot.totals, majorFaults, majorFaultRateHz } };
}

/** The level's shares of the time, from level 0 on, at a capacity; each full stall of the figures given. */
export function stalls(
  capacity: number | null,
  seconds: number,
  shares: readonly number[],
  more: Partial<StallsView> = {},
): StallsView {
  const levelNs = shares.map((share) => share * seconds * SECOND);
  const full = capacity === null ? 0 : levelNs.slice(capacity).reduce((sum, ns) => sum + ns, 0);
  const lost = shares.reduce((sum, share, level) => sum + share * Math.min(1, level / (capacity ?? 1)), 0);
  return {
    capacity,
    levelNs,
    sampledNs: seconds * SECOND,
    fullNs: full,
    lostNs: capacity === null ? 0 : lost * seconds * SECOND,
    lostParallelism: capacity === null ? null : lost,
    fullStalls: 0,
    longest: [],
    recent: [],
    now: null,
    recentFullFraction: capacity === null ? null : full / (seconds * SECOND),
    samples: { count: seconds * 1000, late: 0, longestGapNs: 1_100_000 },
    ...more,
  };
}

export function runtime(kind: RuntimeFacts['kind'], capacity: number | null): RuntimeFacts {
  return {
    kind,
    version: null,
    capacity,
    capacitySource: null,
    goroutines: kind === 'go',
    goroutineDetail: null,
  };
}

/** An event loop that was stuck in 2,000 major faults for a fifth of ten seconds. */
export function stuckEventLoop(): Snapshot {
  const facts = {
    runtime: runtime('node', 1),
    stalls: stalls(1, 10, [0.8, 0.2]),
    threads: [threadView({ tid: 4711, majorFaults: 2000 })],
  };
  return withFaults(session(10, { fault: 2, onCpu: 8 }, facts), 2000);
}

export function goroutineFunction(facts: Partial<GoroutineFunction> = {}): GoroutineFunction {
  const faults = { majorFaults: 1000, faultWaitNs: SECOND, maxNs: 1e6, holdingFaults: 1000, holdingWaitNs: SECOND };
  return { startPc: 0x40_1000n, start: 'main.(*Server).handle', ...faults, census: null, ...facts };
}

export function file(facts: Partial<MappingView> = {}): MappingView {
  return { of: 'file', path: '/srv/data.db', sizeBytes: 2 ** 30, majorFaults: 10_000, faultWaitNs: SECOND, ...facts };
}

/** What is known of faults by file: here, those of one kind of memory without one. */
export function swappedMemory(of: FileView['of'], majorFaults: number, faultWaitNs = SECOND): FilesView {
  const row: FileView = {
    id: of,
    of,
    path: of === 'heap' ? '[heap]' : null,
    deleted: false,
    device: null,
    inode: null,
    mappedBytes: 2 ** 30,
    sizeBytes: null,
    majorFaults,
    faultWaitNs,
    exact: false,
    pattern: null,
    heat: null,
    residency: null,
    residencyGap: null,
    causes: null,
  };
  const more = { files: 0, majorFaults: 0, faultWaitNs: 0 };
  return { files: [row], more, unplacedFaults: 0, unplacedWaitNs: 0, exact: true };
}

/** A second each, with so many major faults. */
export function history(faults: readonly number[]): HistoryPoint[] {
  return faults.map((majorFaults, second) => ({
    atNs: (second + 1) * SECOND,
    durationNs: SECOND,
    majorFaults,
    time: NO_TIME,
    level: null,
    symptoms: null,
    requests: null,
  }));
}

/** A thread that waited so often for so long in all for locks, in a life of ten seconds. */
export function lockingThread(seconds: number, count: number): ThreadView {
  const totalNs = seconds * SECOND;
  return threadView({
    lifetimeNs: 10 * SECOND,
    time: { ...NO_TIME, lock: totalNs, onCpu: 10 * SECOND - totalNs },
    waits: [waitView({ cause: 'lock', syscall: 'futex', count, totalNs, maxNs: 2e6 })],
  });
}

function timeOf(spent: Seconds): Seconds {
  return Object.fromEntries(Object.entries(spent).map(([part, seconds]) => [part, seconds * SECOND]));
}
