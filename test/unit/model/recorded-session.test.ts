import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ThreadView } from '../../../src/model/snapshot.js';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';

const fixture = (name: string): string[] =>
  readFileSync(fileURLToPath(new URL(`../../fixtures/session/${name}`, import.meta.url)), 'utf8')
    .trim()
    .split('\n');

/** As test/fixtures/session/record-session.mjs wrote them, at a time when faults did not tell their goroutine yet. */
const records = fixture('causes.jsonl')
  .map(
    (line): FaultscopeRecord =>
      JSON.parse(line, (_, value) => (typeof value?.n === 'string' ? BigInt(value.n) : value)),
  )
  .map((record) => (record.kind === 'fault' ? { ...record, goroutine: null } : record));

interface Truth {
  readonly event: string;
  readonly tid: number;
  readonly name: string;
  readonly waits: number;
  readonly waitNs: number;
  readonly majflt: number;
}
const truths = fixture('causes.truth')
  .map((line): Truth => JSON.parse(line))
  .filter(({ event }) => event === 'result');

/** Noted when the session was recorded. */
const HEADLINES = {
  majorFaults: 9349,
  threads: 13,
  faultWaitNs: 660_120_702,
  faultLatency: { count: 9231, p50Ns: 106_496, p99Ns: 589_824, maxNs: 12_689_833 },
  exactFaultLatency: { count: 6618, p50Ns: 147_456, p99Ns: 491_520, maxNs: 9_480_136 },
  longest: { atNs: 246_564_954, latencyNs: 12_689_833, threadName: 'mmap' },
  durationNs: 2_786_599_745,
  coverage: { traced: 8014, kernel: 8039 },
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
