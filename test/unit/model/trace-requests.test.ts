import { expect, test } from 'vitest';
import { Histogram } from '../../../src/model/histogram.js';
import { History } from '../../../src/model/history.js';
import { HISTORY_POINTS } from '../../../src/model/snapshot.js';
import { emptySplit } from '../../../src/model/time-split.js';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord, ProbeRecord, RuntimeRecord } from '../../../src/record/record.js';
import { BEGIN, bucketOf, SECOND, SESSION } from './records.js';

const probe = (state: ProbeRecord['state'], set: ProbeRecord['set'] = 'requests'): ProbeRecord => ({
  kind: 'probe',
  atNs: BEGIN,
  set,
  state,
  variant: null,
  detail: null,
});

const cell = (ns: number, count: number): FaultscopeRecord => ({
  kind: 'request-cell',
  bucket: bucketOf(ns),
  count,
  totalNs: ns * count,
  maxNs: ns,
});

const tick = (seconds: number): FaultscopeRecord => ({ kind: 'tick', atNs: BEGIN + BigInt(seconds) * SECOND });

const runtime = (capacity: number | null): RuntimeRecord => ({
  kind: 'runtime',
  atNs: BEGIN,
  runtime: {
    kind: 'go',
    version: null,
    capacity,
    capacitySource: null,
    goroutines: false,
    goroutineDetail: null,
  },
});

function traceAfter(...records: FaultscopeRecord[]): Trace {
  const trace = new Trace(SESSION);
  for (const record of [probe('running', 'threads'), ...records]) trace.apply(record);
  return trace;
}

test('a session without the set has no requests, in the snapshot as in its history', () => {
  const { requests, history } = traceAfter(tick(1), tick(2), tick(3)).snapshot();
  expect(requests).toBeNull();
  expect(history.map((point) => point.requests)).toEqual([null, null]);
});

test('each span of the history has its own requests and their times; a quiet one has none of them', () => {
  const { requests, history } = traceAfter(
    probe('running'),
    tick(1),
    cell(5e6, 3),
    tick(2),
    tick(3),
    cell(5e6, 4),
    cell(70e6, 1),
    tick(5),
    probe('stopped'),
    tick(6),
  ).snapshot();
  expect(requests?.count).toBe(5);
  expect(requests?.rateHz).toBe(0);
  expect(history.map((point) => point.requests?.count ?? null)).toEqual([3, 0, 2, null]);
  expect(history[2]?.requests?.latency.maxNs).toBe(70e6);
});

test('requests are compared by full stalls once a capacity is known', () => {
  const single: FaultscopeRecord = { kind: 'request', atNs: BEGIN + SECOND / 2n, durationNs: 5e6, weight: 7 };
  const stalled: FaultscopeRecord = {
    kind: 'stall',
    startNs: BEGIN + SECOND / 2n - 2_000_000n,
    durationNs: 1e6,
    level: 2,
    capacity: 2,
    number: null,
  };
  const records = [probe('running'), single, tick(1), stalled, tick(2), tick(3)];
  expect(traceAfter(...records).snapshot().requests?.byStall).toBeNull();
  expect(traceAfter(runtime(2), ...records).snapshot().requests?.byStall?.overlapping.count).toBe(7);
});

test('the end judges also the requests of the last moment', () => {
  const single: FaultscopeRecord = { kind: 'request', atNs: BEGIN + SECOND / 2n, durationNs: 5e6, weight: 1 };
  const end: FaultscopeRecord = { kind: 'end', atNs: BEGIN + SECOND, reason: 'quit', targetExit: null };
  const { requests } = traceAfter(runtime(1), probe('running'), single, tick(1), end).snapshot();
  expect(requests?.byStall?.clear).toMatchObject({ count: 1, meanNs: 5e6 });
});

test('merged history has the percentiles of all its requests, not a mean of percentiles', () => {
  const history = new History();
  const time = emptySplit();
  const reading = { majorFaults: 0, time, level: null, symptoms: null };
  const ticks = HISTORY_POINTS + 1;
  for (let i = 0; i <= ticks; i++) {
    const requests = new Histogram();
    // A busy fast span, then a span with one slow request.
    if (i % 2 === 1) requests.add(bucketOf(1e6), 99, 1e6);
    else requests.add(bucketOf(1e9), 1, 1e9);
    history.tick({ ...reading, atNs: i, requests: i === 0 ? null : requests });
  }
  const points = history.list();
  expect(points.length).toBeLessThan(ticks);
  const merged = points[0];
  expect(merged?.durationNs).toBe(2);
  expect(merged?.requests?.latency).toMatchObject({ count: 100, maxNs: 1e9 });
  expect(merged?.requests?.latency.p50Ns).toBeLessThan(1.2e6);
  expect(merged?.requests?.latency.p99Ns).toBeLessThan(1.2e6);
  const expected = Math.ceil(ticks / 2) * 99 + Math.floor(ticks / 2);
  expect(points.reduce((sum, point) => sum + (point.requests?.count ?? 0), 0)).toBe(expected);
});

test('a span without the set next to one with it keeps what there was', () => {
  const history = new History();
  const reading = { majorFaults: 0, time: emptySplit(), level: null, symptoms: null };
  const some = new Histogram();
  some.add(bucketOf(1e6), 3, 1e6);
  for (let i = 0; i <= HISTORY_POINTS + 1; i++) history.tick({ ...reading, atNs: i, requests: i === 1 ? some : null });
  const [first, second] = history.list();
  expect(first?.durationNs).toBe(2);
  expect(first?.requests?.count).toBe(3);
  expect(second?.requests).toBeNull();
});
