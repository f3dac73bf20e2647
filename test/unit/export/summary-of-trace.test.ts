import { expect, test } from 'vitest';
import { renderJson } from '../../../src/export/render-json.js';
import { summaryOf } from '../../../src/export/summary.js';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { BEGIN, FAULT, FAULT_LATENCY, ref, SECOND, SESSION, thread } from '../model/records.js';
import { NOTHING_FOUND } from './diagnoses.js';
import { schemaErrors } from './schema.js';

const records: readonly FaultscopeRecord[] = [
  { kind: 'probe', atNs: BEGIN + 1_234_567n, set: 'threads', state: 'running', variant: 'tracepoint', detail: null },
  { kind: 'probe', atNs: BEGIN + 1_234_567n, set: 'entry', state: 'running', variant: 'tracepoint', detail: null },
  { kind: 'thread', atNs: BEGIN, ...thread, name: 'worker' },
  ...[0n, SECOND].flatMap((later): FaultscopeRecord[] => [
    {
      kind: 'sample',
      atNs: BEGIN + later,
      ...thread,
      onCpuNs: 5n + later / 3n,
      runQueueNs: 3n + later / 7n,
      state: 'R',
      majorFaults: later === 0n ? 0 : 3,
      minorFaults: 100,
    },
    {
      kind: 'process',
      majorFaultsBefore: later === 0n ? 0 : 3,
      atNs: BEGIN + later,
      majorFaults: later === 0n ? 0 : 3,
      minorFaults: 9,
      threads: 2,
      hostFaults: 1,
    },
  ]),
  { kind: 'wait', ...ref, code: FAULT, bucket: 50, epoch: 0, count: 3, totalNs: 20_001, maxNs: 7001 },
  { kind: 'wait', ...ref, code: FAULT_LATENCY, bucket: 50, epoch: 0, count: 3, totalNs: 20_001, maxNs: 7001 },
  {
    kind: 'fault',
    ...ref,
    atNs: BEGIN + SECOND,
    address: 1n << 63n,
    instruction: 4096n,
    latencyNs: 7001,
    weight: 3,
    page: null,
    goroutine: null,
  },
  { kind: 'entry-faults', ...ref, count: 9 },
  { kind: 'entry-latency', ...ref, bucket: 51, count: 3, totalNs: 30_000, maxNs: 9001 },
  { kind: 'loss', atNs: BEGIN + SECOND, set: 'threads', what: 'events', count: 2 },
  {
    kind: 'cost',
    atNs: BEGIN + SECOND,
    spanNs: 1e9,
    ownCpuNs: 50e6,
    ownMemoryBytes: 2 ** 20,
    sets: [{ set: 'threads', programNs: 5e6, cpuNs: 10e6, startNs: 0, memoryBytes: 2 ** 20, kernelBytes: 2 ** 20 }],
    metering: 'sampled',
    targetCpuNs: 500e6,
    budget: { corePpm: 20_000, targetPpm: 10_000 },
  },
  {
    kind: 'governor',
    atNs: BEGIN + SECOND,
    did: 'slowed',
    set: null,
    pace: 2,
    costPpm: 65_000,
    budgetPpm: 25_000,
  },
  { kind: 'tick', atNs: BEGIN + SECOND },
];

test('what the model makes of records becomes a valid summary', () => {
  const trace = new Trace(SESSION);
  for (const record of records) trace.apply(record);
  const summary = JSON.parse(renderJson(summaryOf(trace.snapshot(), NOTHING_FOUND)));
  expect(schemaErrors()(summary)).toEqual([]);
  expect(summary.quality.overhead).toMatchObject({ totalFraction: 0.065, pace: 2 });
  expect(summary.totals.majorFaults).toBe(3);
  expect(summary.threads).toHaveLength(1);
  expect(summary.threads[0]).toMatchObject({
    name: 'worker',
    majorFaults: 3,
    userFaults: 9,
    faultLatency: { count: 3 },
  });
  expect(summary.threads[0].exactFaultLatency.maxNs).toBe(9001);
  expect(summary.longestFaults[0]).toMatchObject({ tid: 41, address: '0x8000000000000000', latencyNs: 7001 });
  expect(summary.quality.lostEvents).toBe(2);
});
