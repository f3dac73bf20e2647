import { expect, test } from 'vitest';
import { cellKind } from '../../../src/model/code.js';
import type { ThreadView } from '../../../src/model/snapshot.js';
import { Trace } from '../../../src/model/trace.js';
import { recordedCauses, recordedLines } from '../../support/recorded-causes.js';

const records = recordedCauses();

interface Truth {
  readonly event: string;
  readonly tid: number;
  readonly name: string;
  readonly waits: number;
  readonly waitNs: number;
  readonly majflt: number;
}
const truths = recordedLines('causes.truth')
  .map((line): Truth => JSON.parse(line))
  .filter(({ event }) => event === 'result');

/** Noted when the session was recorded. */
const HEADLINES = {
  majorFaults: 13_309,
  threads: 13,
  faultWaitNs: 892_119_833,
  faultLatency: { count: 9399, p50Ns: 106_496, p99Ns: 3_407_872, maxNs: 11_928_581 },
  exactFaultLatency: { count: 5980, p50Ns: 122_880, p99Ns: 1_441_792, maxNs: 6_969_335 },
  longest: { atNs: 736_987_252, latencyNs: 11_928_581, threadName: 'mmap' },
  durationNs: 4_664_320_714,
  coverage: { traced: 12_979, kernel: 12_979 },
  stalls: { capacity: 2, levelNs: [414_132_508, 1_891_367_224, 2_103_686_360], fullNs: 2_103_686_360, fullStalls: 298 },
};

function replay(): Trace {
  const [session] = records;
  if (session?.kind !== 'session') throw new Error('no session record');
  const trace = new Trace(session);
  for (const record of records) trace.apply(record);
  return trace;
}

const snapshot = replay().snapshot();
const threadNamed = (name: string): ThreadView | undefined => snapshot.threads.find((thread) => thread.name === name);

test('a real session replayed gives the figures it gave when it was recorded', () => {
  expect(snapshot.totals).toMatchObject({
    threadsAlive: 0,
    majorFaults: HEADLINES.majorFaults,
    faultWaitNs: HEADLINES.faultWaitNs,
  });
  expect(snapshot.threads).toHaveLength(HEADLINES.threads);
  expect(snapshot.totals.faultLatency).toMatchObject(HEADLINES.faultLatency);
  expect(snapshot.totals.exactFaultLatency).toMatchObject(HEADLINES.exactFaultLatency);
  expect(snapshot.longestFaults[0]).toMatchObject(HEADLINES.longest);
  expect(snapshot.quality.coverage).toMatchObject(HEADLINES.coverage);
  expect(snapshot.window.durationNs).toBe(HEADLINES.durationNs);
  expect(snapshot.stalls).toMatchObject(HEADLINES.stalls);
  expect(snapshot.target.state).toEqual({ alive: false, exit: null });
});

test('it agrees with what the workload counted itself', () => {
  expect(truths.length).toBeGreaterThan(7);
  for (const { name, tid, majflt } of truths) {
    expect(snapshot.threads.find((thread) => thread.tid === tid)).toMatchObject({ name, majorFaults: majflt });
  }
  expect(snapshot.quality).toMatchObject({ lostEvents: 0, droppedRecords: 0 });
});

test('each thread waited for what it is named after', () => {
  const causes = Object.fromEntries(truths.map(({ name }) => [name, threadNamed(name)?.waits[0]?.cause]));
  expect(causes).toMatchObject({
    futex: 'lock',
    cond: 'parked',
    epoll: 'poll',
    nanosleep: 'sleep',
    pread: 'disk',
    mmap: 'fault',
    uffd: 'fault-other',
  });
  const cpu = threadNamed('cpu');
  expect(cpu?.onCpuNs).toBeGreaterThan((cpu?.lifetimeNs ?? 0) * 0.2);
});

test('the time of every thread is accounted for but for a thousandth', () => {
  expect(snapshot.quality.worstResidueFraction).toBeLessThan(0.001);
});

test("the exact latency, from the fault's entry, is a little longer than from going off the CPU", () => {
  const { faultLatency, exactFaultLatency } = snapshot.totals;
  expect(exactFaultLatency?.p50Ns).toBeGreaterThanOrEqual(faultLatency.p50Ns ?? Number.NaN);
});

test('the time in the level is that of all who were stuck: in major faults until they completed, and in userfaultfd', () => {
  const levelTimeNs = (snapshot.stalls?.levelNs ?? []).reduce((sum, ns, level) => sum + level * ns, 0);
  const stuckNs = faultTimeNs() + (threadNamed('uffd')?.time['fault-other'] ?? Number.NaN);
  expect(Math.abs(levelTimeNs / stuckNs - 1)).toBeLessThan(0.01);
});

/** From falling asleep in a major fault to its completion, of all faults: the last reading of each cell. */
function faultTimeNs(): number {
  const cells = new Map<string, number>();
  for (const record of records) {
    if (record.kind !== 'wait' || cellKind(record.code) !== 'fault-latency') continue;
    cells.set([record.tid, record.code, record.bucket, record.epoch].join(), record.totalNs);
  }
  return [...cells.values()].reduce((sum, ns) => sum + ns, 0);
}
