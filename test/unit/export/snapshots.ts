import fc from 'fast-check';
import { CAUSES } from '../../../src/model/cause.js';
import type { Snapshot, ThreadView, WaitView } from '../../../src/model/snapshot.js';
import { PROBE_SETS } from '../../../src/record/record.js';
import { NO_TIME, NOTHING_MEASURED, NOTHING_SEEN } from '../../support/nothing-seen.js';
import { wakersView } from '../../support/wakers-view.js';
import { outside, unknown } from './outside-strings.js';
import { anyProgram, fullProgram } from './program-views.js';
import { anyWakers } from './wakers-views.js';

/** A session that has only just begun: no thread was seen, nothing is known yet. */
const GREP = { pid: 77, comm: 'grep', command: 'grep -r x', cgroup: '/b', isTarget: false, kernelThread: false };

export function emptySnapshot(): Snapshot {
  return {
    tool: { version: '0.1.0' },
    host: { kernel: '6.1.0', arch: 'x86_64', cpus: 2, bpftrace: null },
    target: { pid: 4711, comm: 'coldmmap', exe: null, launched: false, state: { alive: true } },
    window: { startedAtMs: Date.UTC(2024, 1, 29, 23, 59, 59, 7), startNs: 5n, durationNs: 0 },
    probes: [],
    ...NOTHING_SEEN,
  };
}

/** A thread that ran all its life, with what is given put in. */
export function threadView(facts: Partial<ThreadView> = {}): ThreadView {
  return {
    id: '4712/0',
    tid: 4712,
    name: 'worker',
    alive: true,
    lifetimeNs: 1_000_000_000,
    now: { doing: 'running' },
    majorFaults: 0,
    majorFaultsNoSleep: 0,
    majorFaultRateHz: 0,
    faultWaitNs: 0,
    faultLatency: NOTHING_MEASURED,
    faultHistogram: [],
    exactFaultLatency: null,
    onCpuNs: 1_000_000_000,
    runQueueNs: 0,
    waits: [],
    time: { ...NO_TIME, onCpu: 1_000_000_000 },
    residueNs: 0,
    userFaults: null,
    kernelMajorFaults: null,
    role: null,
    ...facts,
  };
}

export function waitView(facts: Partial<WaitView> = {}): WaitView {
  const spent = { count: 1, totalNs: 1000, maxNs: 1000 };
  return {
    cause: 'fault',
    syscall: null,
    runtimeWord: null,
    ...spent,
    open: false,
    distribution: NOTHING_MEASURED,
    histogram: [],
    ...facts,
  };
}

/** A session in which everything that can be known is known, and every list has an entry. */
export function fullSnapshot(): Snapshot {
  const latency = { count: 9, p50Ns: 92_000, p90Ns: 200_000, p99Ns: 410_000, maxNs: 31_000_000 };
  const waits = CAUSES.map((cause) => waitView({ cause, syscall: cause === 'fault' ? null : 'futex', open: true }));
  const thread = threadView({ majorFaults: 10, majorFaultsNoSleep: 1, faultLatency: latency, waits });
  const blank = emptySnapshot();
  return {
    ...blank,
    ...fullProgram(),
    wakers: wakersView(),
    host: { ...blank.host, bpftrace: '0.17.0' },
    target: {
      ...blank.target,
      exe: '/usr/bin/coldmmap',
      state: { alive: false, exit: { code: 3, signal: 'SIGKILL' } },
    },
    window: { ...blank.window, durationNs: 2_000_000_000 },
    probes: PROBE_SETS.map((set) => ({ set, state: 'running', variant: 'rawtracepoint', detail: 'asked for' })),
    totals: {
      ...blank.totals,
      majorFaults: 10,
      majorFaultsNoSleep: 1,
      faultLatency: latency,
      exactFaultLatency: latency,
      time: timeSplit(7),
      threadsAlive: 1,
    },
    threads: [{ ...thread, exactFaultLatency: latency, userFaults: 12, kernelMajorFaults: 10, residueNs: -5 }],
    longestFaults: [
      {
        atNs: 17,
        tid: 4712,
        threadName: 'worker',
        address: 0xffff_ffff_ff60_0000n,
        instruction: 0x40_1000n,
        latencyNs: 31_000_000,
        page: { path: '/data/index.db', device: '254:0', inode: 12n, offsetBytes: 0x1000n },
        cause: { cause: 'refault', evictor: { actor: GREP, way: 'reclaim' }, ageNs: 5_000_000 },
      },
    ],
    quality: {
      coverage: { traced: 10, kernel: 10, fraction: 1 },
      lostEvents: 1,
      droppedRecords: 2,
      sampling: { oneIn: 8 },
      worstResidueFraction: 0.0001,
      notes: [{ atNs: 1, text: 'one in 8 single faults arrives' }],
    },
  };
}

const count = fc.nat();
const durationNs = fc.maxSafeNat();
const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
const tid = fc.integer({ min: 1, max: 2 ** 22 });

const latency = fc.record({
  count,
  p50Ns: unknown(durationNs),
  p90Ns: unknown(durationNs),
  p99Ns: unknown(durationNs),
  maxNs: unknown(durationNs),
});

const wait = fc
  .record({
    cause: fc.constantFrom(...CAUSES),
    syscall: unknown(outside),
    count,
    totalNs: durationNs,
    maxNs: durationNs,
    open: fc.boolean(),
  })
  .map(waitView);

const thread = fc
  .record({
    tid,
    name: unknown(outside),
    alive: fc.boolean(),
    lifetimeNs: durationNs,
    majorFaults: count,
    majorFaultsNoSleep: count,
    faultWaitNs: durationNs,
    faultLatency: latency,
    exactFaultLatency: unknown(latency),
    onCpuNs: durationNs,
    runQueueNs: durationNs,
    waits: fc.array(wait, { maxLength: 12 }),
    residueNs: fc.maxSafeInteger(),
    userFaults: unknown(count),
    kernelMajorFaults: unknown(count),
  })
  .map(threadView);

const exit = fc.record({ code: unknown(fc.nat(255)), signal: unknown(fc.constantFrom('SIGKILL', 'SIGSEGV')) });

/** Sessions of any shape the types allow; their figures need not add up. */
export const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    comm: outside,
    exe: unknown(outside),
    state: fc.oneof(
      fc.constant({ alive: true as const }),
      fc.record({ alive: fc.constant(false as const), exit: unknown(exit) }),
    ),
    startedAtMs: fc.nat(Date.UTC(9999, 11, 31)),
    durationNs,
    threads: fc.array(thread),
    longestFaults: fc.array(
      fc.record({
        atNs: durationNs,
        tid,
        threadName: unknown(outside),
        address: u64,
        instruction: u64,
        latencyNs: count,
        page: unknown(
          fc.record({ path: unknown(outside), device: fc.constant('254:0'), inode: u64, offsetBytes: u64 }),
        ),
        cause: fc.constantFrom(
          null,
          { cause: 'first-touch' as const, evictor: null, ageNs: null },
          { cause: 'refault' as const, evictor: { actor: GREP, way: 'kswapd' as const }, ageNs: 7 },
        ),
      }),
    ),
    notes: fc.array(fc.record({ atNs: durationNs, text: outside })),
    program: anyProgram,
    wakers: anyWakers,
  })
  .map(({ comm, exe, state, startedAtMs, durationNs, threads, longestFaults, notes, program, wakers }) => {
    const blank = emptySnapshot();
    return {
      ...blank,
      ...program,
      wakers,
      target: { ...blank.target, comm, exe, state },
      window: { ...blank.window, startedAtMs, durationNs },
      threads,
      longestFaults,
      quality: { ...blank.quality, notes },
    };
  });

function timeSplit(ns: number): Snapshot['totals']['time'] {
  return {
    onCpu: ns,
    stolen: 0,
    runQueue: ns,
    fault: ns,
    'fault-other': ns,
    disk: ns,
    lock: ns,
    net: ns,
    stopped: ns,
    other: ns,
    poll: ns,
    sleep: ns,
    parked: ns,
  };
}
