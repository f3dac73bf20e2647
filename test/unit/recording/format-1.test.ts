import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Trace } from '../../../src/model/trace.js';
import { openRecording } from '../../../src/recording/recording.js';

/** As test/fixtures/recordings/record.mjs wrote it: goread of scripts/workloads/go, with page cache, stacks and wakers. */
const V1 = fileURLToPath(new URL('../../fixtures/recordings/v1.fscope', import.meta.url));

/** Noted when it was recorded. */
const RECORDS = {
  session: 1,
  runtime: 1,
  probe: 17,
  level: 16,
  'sample-gap': 7,
  process: 7,
  thread: 7,
  sample: 30,
  system: 8,
  role: 1,
  function: 10,
  'goroutine-census': 4,
  tick: 7,
  'page-sampling': 1,
  switch: 21,
  fault: 502,
  actor: 11,
  'single-cause': 438,
  mapping: 1,
  'stall-member': 590,
  wait: 817,
  'goroutine-faults': 8,
  'file-faults': 9,
  stall: 553,
  file: 2,
  fill: 27,
  'fault-cause': 8,
  wake: 25,
  residency: 1,
  'entry-faults': 6,
  'entry-latency': 170,
  symbol: 57,
  stack: 41,
  'stack-total': 8,
  end: 1,
};

test('a recording of format 1 is read, and says what it said when it was made', () => {
  const recording = openRecording(V1);
  const trace = new Trace(recording.session);
  const records: Record<string, number> = {};
  for (const batch of recording.batches()) {
    for (const record of batch) {
      records[record.kind] = (records[record.kind] ?? 0) + 1;
      trace.apply(record);
    }
  }
  expect(recording.warnings).toEqual([]);
  recording.close();
  expect(records).toEqual(RECORDS);
  const { target, window, totals, runtime, stalls, goroutines, files, pageCache, wakers, stacks, threads } =
    trace.snapshot();
  expect(target).toMatchObject({ pid: 19_170, comm: 'goread' });
  expect(window).toEqual({ startedAtMs: expect.any(Number), startNs: expect.any(BigInt), durationNs: 13_372_447_716 });
  expect(new Date(window.startedAtMs).toISOString()).toBe('2026-11-28T13:07:02.861Z');
  expect(runtime).toMatchObject({ kind: 'go', version: 'go1.24.4', capacity: 2 });
  expect(totals).toMatchObject({
    majorFaults: 10_842,
    majorFaultsNoSleep: 396,
    faultWaitNs: 817_787_223,
    faultLatency: { count: 10_446, p50Ns: 147_456, p90Ns: 1_703_936, p99Ns: 13_631_488, maxNs: 124_061_878 },
  });
  expect(stalls).toMatchObject({ fullStalls: 553, fullNs: 3_264_921_356 });
  expect(threads.map(({ tid }) => tid)).toContain(19_171);
  expect(goroutines?.functions.map(({ start }) => start)).toContain('main.reader');
  expect(files?.files.map(({ path }) => path)).toContain('/var/tmp/faultscope-cold-16384.dat');
  expect(pageCache?.causes.map(({ cause }) => cause)).toContain('first-touch');
  expect(wakers?.waits).toBeGreaterThan(0);
  expect(stacks?.frames.length).toBeGreaterThan(50);
});
