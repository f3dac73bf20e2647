import { CAUSES, type Cause, type TimePart } from '../../../src/model/cause.js';
import type {
  Distribution,
  FaultView,
  GoroutineFunction,
  GoroutinesView,
  HistogramCell,
  HistoryPoint,
  RequestsView,
  Snapshot,
  StallsView,
  StallView,
  Symptoms,
  ThreadView,
  TimeSplit,
  WaitView,
} from '../../../src/model/snapshot.js';
import { NO_TIME, NOTHING_MEASURED, NOTHING_SEEN } from '../../support/nothing-seen.js';
import { files } from './files-builder.js';

/** Made-up snapshots for screens: plausible figures, the same every time. */

const MS = 1e6;

export function timeSplit(parts: Partial<Record<TimePart, number>>): TimeSplit {
  return { ...NO_TIME, ...parts };
}

/** A log-linear histogram with one hump around `centreNs`. */
function hump(centreNs: number, count: number): HistogramCell[] {
  const octave = Math.floor(Math.log2(centreNs));
  return [-3, -2, -1, 0, 1, 2, 3, 4, 5].flatMap((step) =>
    Array.from({ length: 8 }, (_, part) => {
      const fromNs = 2 ** (octave + step) * (1 + part / 8);
      const weight = 0.25 ** Math.abs(step) * (part + 1);
      return { fromNs, toNs: fromNs + 2 ** (octave + step) / 8, count: Math.floor((count * weight) / 50) };
    }),
  );
}

function distribution(count: number, medianNs: number): Distribution {
  if (count === 0) return NOTHING_MEASURED;
  return { count, p50Ns: medianNs, p90Ns: medianNs * 2.1, p99Ns: medianNs * 4.5, maxNs: medianNs * 340 };
}

function wait(cause: Cause, syscall: string | null, totalNs: number, medianNs: number): WaitView {
  const count = Math.round(totalNs / medianNs / 1.3);
  const measured = distribution(count, medianNs);
  return {
    cause,
    syscall,
    runtimeWord: null,
    count,
    totalNs,
    maxNs: measured.maxNs ?? 0,
    open: false,
    distribution: measured,
    histogram: hump(medianNs, count),
  };
}

/** A thread that reads cold pages: three quarters of its 42 s in major faults. */
export function faultingThread(tid: number, facts: Partial<ThreadView> = {}): ThreadView {
  const jitter = (tid * 7919) % 100;
  const majorFaults = 36_900 + jitter * 10;
  const time = timeSplit({ fault: 31.9e9, onCpu: 5.5e9 - jitter * MS, runQueue: 4.2e9, disk: 0.4e9 });
  return {
    id: `${tid}`,
    tid,
    name: 'coldmmap',
    alive: true,
    lifetimeNs: 42.1e9,
    now: { doing: 'waiting', cause: 'fault', syscall: null, runtimeWord: null, forNs: 80_000 },
    majorFaults,
    majorFaultsNoSleep: 12,
    majorFaultRateHz: 8600 + jitter,
    faultWaitNs: time.fault,
    faultLatency: distribution(majorFaults, 92_000),
    exactFaultLatency: null,
    faultHistogram: hump(92_000, majorFaults),
    onCpuNs: time.onCpu,
    runQueueNs: time.runQueue,
    waits: [wait('fault', null, time.fault, 92_000), wait('disk', 'pread64', time.disk, 2.2 * MS)],
    time,
    residueNs: 100 * MS + jitter * MS,
    userFaults: null,
    kernelMajorFaults: majorFaults,
    role: null,
    ...facts,
  };
}

/** A thread with nothing to do. */
export function idleThread(tid: number, facts: Partial<ThreadView> = {}): ThreadView {
  const time = timeSplit({ sleep: 41.4e9, onCpu: 0.5e9, runQueue: 0.19e9 });
  return {
    ...faultingThread(tid),
    now: { doing: 'waiting', cause: 'sleep', syscall: 'clock_nanosleep', runtimeWord: null, forNs: 12e9 },
    majorFaults: 0,
    majorFaultsNoSleep: 0,
    majorFaultRateHz: 0,
    faultWaitNs: 0,
    faultLatency: NOTHING_MEASURED,
    faultHistogram: [],
    onCpuNs: time.onCpu,
    runQueueNs: time.runQueue,
    waits: [{ ...wait('sleep', 'clock_nanosleep', time.sleep, 1.06 * MS), open: true }],
    time,
    residueNs: 10 * MS,
    kernelMajorFaults: 0,
    ...facts,
  };
}

/** A thread that is gone, and whose name was never read. */
export function endedThread(tid: number): ThreadView {
  return { ...faultingThread(tid), name: null, alive: false, now: { doing: 'ended' }, kernelMajorFaults: null };
}

/** Half a second a point; the load swings, and rests between `quietFrom` and `quietTo`. */
export function history(points: number, quietFrom = 50, quietTo = 56): HistoryPoint[] {
  return Array.from({ length: points }, (_, index) => {
    const load = index >= quietFrom && index < quietTo ? 0 : 0.55 + 0.45 * Math.sin(index / 7);
    return {
      atNs: (index + 1) * 500 * MS,
      durationNs: 500 * MS,
      majorFaults: Math.round(8600 * load),
      time: timeSplit({
        fault: 1500 * MS * load,
        onCpu: 260 * MS * load + 20 * MS,
        runQueue: 200 * MS * load,
        disk: 20 * MS,
        lock: 40 * MS * (1 - load),
        sleep: 500 * MS,
      }),
      level: {
        sampledNs: 499 * MS,
        levelTimeNs: 499 * MS * 1.6 * load,
        fullNs: 499 * MS * 0.7 * load,
        lostNs: 499 * MS * 0.8 * load,
      },
      symptoms: symptoms(load),
      requests: {
        count: Math.round(240 * (1 - 0.6 * load)),
        latency: {
          count: 90,
          p50Ns: 3 * MS + 9 * MS * load,
          p90Ns: 20 * MS,
          p99Ns: 8 * MS + 40 * MS * load,
          maxNs: 61 * MS,
        },
      },
    };
  });
}

/** User time falls as system time and waiting for disks rise. */
function symptoms(load: number): Symptoms {
  return {
    durationNs: 500 * MS,
    process: { userCpus: 1.7 - 1.5 * load, systemCpus: 0.1 + 0.6 * load, ioWaitThreads: 2.9 * load },
    host: { user: 0.85 - 0.7 * load, system: 0.05 + 0.3 * load, iowait: 0.5 * load, idle: 0.1 - 0.1 * load, steal: 0 },
    memoryPressure: { some: 0.6 * load, full: 0.4 * load },
    ioPressure: { some: 0.7 * load, full: 0.5 * load },
  };
}

function stall(index: number, durationNs: number, told = true): StallView {
  const threads = [4712, 4713].map((tid) => ({ tid, name: tid === 4713 ? null : 'coldmmap' }));
  return { startNs: (37.12 - index * 1.013) * 1e9, durationNs, level: 2, capacity: 2, threads: told ? threads : null };
}

/** Both Ps of two stuck 55 % of the time. */
export function stalls(facts: Partial<StallsView> = {}): StallsView {
  return {
    capacity: 2,
    levelNs: [8.1e9, 11e9, 23.4e9],
    sampledNs: 42.5e9,
    fullNs: 23.4e9,
    lostNs: 28.9e9,
    lostParallelism: 0.68,
    fullStalls: 6120,
    longest: Array.from({ length: 8 }, (_, index) => stall(index, 31 * MS - index * 1.7 * MS)),
    recent: Array.from({ length: 12 }, (_, index) => stall(11 - index, (1.2 + (index % 4)) * MS, index % 3 !== 0)),
    now: { level: 1.3, fullFraction: 0.61 },
    recentFullFraction: 0.55,
    samples: { count: 42_480, late: 3, longestGapNs: 2.4 * MS },
    ...facts,
  };
}

/** Nothing stuck: what a healthy program's gauge reads. */
export const CALM: Partial<StallsView> = {
  levelNs: [42.5e9],
  fullNs: 0,
  lostNs: 0,
  lostParallelism: 0,
  fullStalls: 0,
  longest: [],
  recent: [],
  now: { level: 0, fullFraction: 0 },
  recentFullFraction: 0,
};

export function goroutineFunction(start: string | null, facts: Partial<GoroutineFunction> = {}): GoroutineFunction {
  return {
    startPc: 0x48_e0_00n,
    start,
    majorFaults: 73_800,
    faultWaitNs: 63.8e9,
    maxNs: 31 * MS,
    holdingFaults: 73_800,
    holdingWaitNs: 63.8e9,
    census: { active: 3.9, waiting: 0.1 },
    ...facts,
  };
}

export function goroutines(facts: Partial<GoroutinesView> = {}): GoroutinesView {
  const cgo = { majorFaults: 36_000, faultWaitNs: 31e9, holdingFaults: 400, holdingWaitNs: 0.4e9, census: null };
  return {
    functions: [
      goroutineFunction('main.(*Server).handle'),
      goroutineFunction('main.readThroughC', cgo),
      goroutineFunction(null, { majorFaults: 900, faultWaitNs: 0.9e9, maxNs: 4 * MS, holdingWaitNs: 0.7e9 }),
      goroutineFunction(null, { startPc: 0n, majorFaults: 3, faultWaitNs: 2 * MS, maxNs: MS, holdingWaitNs: 0 }),
    ],
    top: [18n, 19n, 21n].map((goid, index) => ({
      goid,
      start: index === 2 ? null : 'main.(*Server).handle',
      majorFaults: 18_000 - index * 1000,
      faultWaitNs: (16 - index) * 1e9,
      holdingFraction: index === 2 ? 0.01 : 1,
    })),
    seen: 7,
    ...facts,
  };
}

function requests(facts: Partial<RequestsView> = {}): RequestsView {
  return {
    count: 14_300,
    rateHz: 288,
    meanNs: 10 * MS,
    totalNs: 143_000 * MS,
    latency: { count: 14_300, p50Ns: 9 * MS, p90Ns: 21 * MS, p99Ns: 44 * MS, maxNs: 61 * MS },
    histogram: [],
    byStall: {
      overlapping: { count: 9100, meanNs: 14 * MS, p50Ns: 12 * MS, p99Ns: 47 * MS },
      clear: { count: 5200, meanNs: 4 * MS, p50Ns: 3.6 * MS, p99Ns: 9.1 * MS },
    },
    ...facts,
  };
}

function longFault(index: number): FaultView {
  return {
    atNs: (37 - index) * 1e9,
    tid: 4712 + (index % 3),
    threadName: 'coldmmap',
    address: 0x7f3a_1200_0000n + BigInt(index) * 0x1000n,
    instruction: 0x48_f0_20n,
    latencyNs: 31 * MS - index * 1.3 * MS,
    page: { path: '/srv/data/cold.dat', device: '254:0', inode: 77n, offsetBytes: BigInt(index) * 0x1234000n },
    cause: null,
  };
}

const TOTAL_TIME = timeSplit({
  fault: 95.7e9,
  onCpu: 17e9,
  runQueue: 12.8e9,
  disk: 1.2e9,
  lock: 0.4e9,
  sleep: 41.4e9,
});

/** A Go program reading a cold mapping, 42 seconds in; `facts` replace whole parts. */
export function snapshot(facts: Partial<Snapshot> = {}): Snapshot {
  return {
    ...NOTHING_SEEN,
    tool: { version: '0.1.0' },
    host: { kernel: '6.18.0', arch: 'x86_64', cpus: 2, bpftrace: '0.23.2' },
    target: { pid: 4711, comm: 'coldmmap', exe: '/opt/coldmmap', launched: false, state: { alive: true } },
    window: { startedAtMs: 1_700_000_000_000, startNs: 1000n, durationNs: 42.5e9 },
    probes: [
      { set: 'threads', state: 'running', variant: 'rawtracepoint, x86-64 registers', detail: null },
      { set: 'entry', state: 'off', variant: null, detail: null },
      { set: 'requests', state: 'off', variant: null, detail: null },
    ],
    runtime: {
      kind: 'go',
      version: 'go1.19.8',
      capacity: 2,
      capacitySource: 'GOMAXPROCS, read from the process',
      goroutines: true,
      goroutineDetail: 'checked against runtime.allgs: 5 of 5',
    },
    stalls: stalls(),
    goroutines: goroutines(),
    symptoms: symptoms(0.7),
    totals: {
      majorFaults: 110_700,
      majorFaultsNoSleep: 36,
      faultWaitNs: TOTAL_TIME.fault,
      majorFaultRateHz: 17_200,
      minorFaultRateHz: 1240,
      faultLatency: distribution(110_700, 92_000),
      faultHistogram: hump(92_000, 110_700),
      faultLatencyNs: 110_700 * 92_000,
      exactFaultLatency: null,
      time: TOTAL_TIME,
      idleNs: TOTAL_TIME.sleep,
      threadsAlive: 4,
      threadsEnded: 1,
    },
    threads: [
      idleThread(4711, { id: '4711', tid: 4711, name: 'main' }),
      faultingThread(4712),
      faultingThread(4713),
      faultingThread(4714, { now: { doing: 'run-queue' } }),
      endedThread(4715),
    ],
    history: history(85),
    files: files(),
    longestFaults: Array.from({ length: 15 }, (_, index) => longFault(index)),
    quality: {
      coverage: { traced: 110_700, kernel: 110_700, fraction: 1 },
      lostEvents: 0,
      droppedRecords: 0,
      sampling: { oneIn: 8 },
      worstResidueFraction: 0.0004,
      notes: [{ atNs: 3e9, text: 'single faults are rationed: one in 8 is sent' }],
    },
    ...facts,
  };
}

/** The same program observed with its requests, which takes the third probe set. */
export function servingSnapshot(facts: Partial<Snapshot> = {}): Snapshot {
  const base = snapshot();
  const running = { set: 'requests', state: 'running', variant: 'sock_recv_length', detail: null } as const;
  const probes = [...base.probes.filter(({ set }) => set !== 'requests'), running];
  return { ...base, probes, requests: requests(), ...facts };
}

/** Nothing seen yet: the first frame of a session. */
export function emptySnapshot(): Snapshot {
  const base = snapshot();
  return {
    ...base,
    ...NOTHING_SEEN,
    window: { ...base.window, durationNs: 0 },
    probes: [{ set: 'threads', state: 'starting', variant: null, detail: null }],
  };
}

/** Many threads with as many different shares. */
export function manyThreads(count: number): ThreadView[] {
  return Array.from({ length: count }, (_, index) => {
    const faultNs = ((index * 7919) % count) * 1e5;
    const time = timeSplit({ fault: faultNs, onCpu: 1e9, sleep: 41e9 - faultNs });
    const thread = faultingThread(10_000 + index, { name: `worker-${index}`, faultWaitNs: faultNs, time });
    return { ...thread, waits: CAUSES.slice(0, 2).map((cause) => wait(cause, null, faultNs + 1, 92_000)) };
  });
}
