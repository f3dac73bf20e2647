import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openMetrics } from '../../../src/metrics/openmetrics.js';
import { sessionMetrics } from '../../../src/metrics/session-metrics.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { recordedSession } from '../../support/exported.js';
import { python } from '../../support/python.js';
import { HOSTILE_NAMES } from './outside-strings.js';
import { realRecords } from './sessions.js';
import { anySnapshot, emptySnapshot, fullSnapshot } from './snapshots.js';

interface Parsed {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Samples of each text as the Prometheus client's own strict parser reads them; throws where it refuses one. */
function parsed(texts: readonly string[]): Parsed[][] {
  const samples = python(
    `import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as families
json.dump([[{'name': s.name, 'labels': s.labels, 'value': s.value} for f in families(text) for s in f.samples]
  for text in json.load(sys.stdin)], sys.stdout)`,
    JSON.stringify(texts),
  );
  return samples as Parsed[][];
}

const textOf = (snapshot: Snapshot) => [...openMetrics(sessionMetrics(snapshot))].join('');
const samplesOf = (snapshot: Snapshot) => parsed([textOf(snapshot)])[0] ?? [];
const sumOf = (samples: readonly Parsed[], name: string) =>
  samples.reduce((sum, sample) => sum + (sample.name === name ? sample.value : 0), 0);

describe('a real session as OpenMetrics', () => {
  const { snapshot } = recordedSession(realRecords()).end();
  const { totals, stalls, files } = snapshot;
  const samples = samplesOf(snapshot);

  test('has the totals of the summary, times in seconds', () => {
    expect(sumOf(samples, 'faultscope_major_faults_total')).toBe(totals.majorFaults);
    expect(sumOf(samples, 'faultscope_full_stall_seconds_total')).toBe((stalls?.fullNs ?? 0) / 1e9);
    const lost = sumOf(samples, 'faultscope_lost_parallelism_seconds_total') / ((stalls?.sampledNs ?? 0) / 1e9);
    expect(lost).toBeCloseTo(stalls?.lostParallelism ?? Number.NaN, 9);
    expect(sumOf(samples, 'faultscope_full_stalls_total')).toBe(stalls?.fullStalls);
    expect(sumOf(samples, 'faultscope_level_seconds_total')).toBeCloseTo((stalls?.sampledNs ?? 0) / 1e9, 9);
    expect(sumOf(samples, 'faultscope_on_cpu_seconds_total')).toBe(totals.time.onCpu / 1e9);
    const faultWait = samples.filter(({ labels }) => labels.cause === 'fault');
    expect(sumOf(faultWait, 'faultscope_wait_seconds_total')).toBe(totals.faultWaitNs / 1e9);
    expect(samples.every(({ labels }) => labels.target === 'causes' && labels.pid === '14658')).toBe(true);
  });

  test('has every fault that slept in the histogram, and its buckets cumulative', () => {
    const name = 'faultscope_fault_latency_seconds';
    expect(sumOf(samples, `${name}_count`)).toBe(totals.faultLatency.count);
    const buckets = samples.filter((sample) => sample.name === `${name}_bucket`).map(({ value }) => value);
    expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
    const below = samples.find(({ labels }) => labels.le === '0.000131071');
    const cells = totals.faultHistogram.filter(({ toNs }) => toNs <= 131_072);
    expect(below?.value).toBe(cells.reduce((sum, { count }) => sum + count, 0));
    expect(below?.value).toBeGreaterThan(totals.faultLatency.count / 2);
  });

  test('lays to files what the summary lays to them, the rest included', () => {
    const all = (files?.files ?? []).reduce((sum, file) => sum + file.majorFaults, 0);
    const rest = (files?.more.majorFaults ?? 0) + (files?.unplacedFaults ?? 0);
    expect(sumOf(samples, 'faultscope_file_major_faults_total')).toBe(all + rest);
  });
});

test('what is not known is absent, not nought', () => {
  const names = new Set(samplesOf(emptySnapshot()).map(({ name }) => name));
  for (const name of [
    'capacity',
    'full_stalls_total',
    'coverage_ratio',
    'evicted_pages_total',
    'lost_parallelism_ratio',
  ])
    expect(names).not.toContain(`faultscope_${name}`);
});

test('evictors and requests are told where their probe sets ran', () => {
  const snapshot = fullSnapshot();
  const samples = samplesOf(snapshot);
  expect(sumOf(samples, 'faultscope_evicted_pages_total')).toBe(snapshot.pageCache?.evictedPages);
  expect(sumOf(samples, 'faultscope_request_duration_seconds_count')).toBe(snapshot.requests?.count);
  expect(sumOf(samples, 'faultscope_request_duration_seconds_sum')).toBe((snapshot.requests?.totalNs ?? 0) / 1e9);
});

test('files whose names look the same once they are safe are one series, and none is lost', () => {
  const base = fullSnapshot();
  const [file] = base.files?.files ?? [];
  if (base.files === null || file === undefined) throw new Error('the session has files');
  const files = HOSTILE_NAMES.map((name) => ({ ...file, path: name, majorFaults: 1, faultWaitNs: 5 }));
  const more = { files: 0, majorFaults: 0, faultWaitNs: 0 };
  const samples = samplesOf({ ...base, files: { ...base.files, files, more, unplacedFaults: 0, unplacedWaitNs: 0 } });
  expect(sumOf(samples, 'faultscope_file_major_faults_total')).toBe(HOSTILE_NAMES.length);
});

test('the series of files and evictors are bounded, and add up all the same', () => {
  const base = fullSnapshot();
  const [file] = base.files?.files ?? [];
  if (base.files === null || file === undefined) throw new Error('the session has files');
  const files = Array.from({ length: 200 }, (_, index) => ({ ...file, path: `/f${index}`, majorFaults: 2 }));
  const more = { files: 9, majorFaults: 100, faultWaitNs: 1 };
  const samples = samplesOf({ ...base, files: { ...base.files, files, more, unplacedFaults: 50, unplacedWaitNs: 0 } });
  const series = samples.filter(({ name }) => name === 'faultscope_file_major_faults_total');
  expect(series).toHaveLength(22);
  expect(sumOf(series, 'faultscope_file_major_faults_total')).toBe(550);
});

test('any session gives text that the parser takes', () => {
  const texts = fc.sample(anySnapshot, { numRuns: 60, seed: 3 }).map(textOf);
  for (const text of texts) expect(text.endsWith('\n# EOF\n')).toBe(true);
  expect(parsed(texts).every((samples) => samples.length > 20)).toBe(true);
});
