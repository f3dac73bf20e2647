import { describe, expect, test } from 'vitest';
import { Continuity } from '../../../src/metrics/continuity.js';
import { counter, type Family, gauges, secondsHistogram } from '../../../src/metrics/family.js';
import { sessionMetrics } from '../../../src/metrics/session-metrics.js';
import { recordedSession } from '../../support/exported.js';
import { realRecords } from '../export/sessions.js';

const faults = (value: number) => counter({ name: 'faults', help: 'Faults.' }, [[{}, value]]);
const threads = (value: number) => gauges({ name: 'threads', help: 'Threads.' }, [[{}, value]]);
const latency = (count: number) =>
  secondsHistogram(
    { name: 'latency_seconds', help: 'Latency.' },
    {},
    { cells: [{ fromNs: 1024, toNs: 2048, count }], totalNs: count * 1500 },
  );

function values(families: readonly Family[]): Record<string, number> {
  const samples = families.flatMap(({ name, samples }) => samples.map((sample) => ({ name, ...sample })));
  return Object.fromEntries(
    samples.map(({ name, suffix, labels, value }) => [`${name}${suffix}${labels.le ?? ''}`, value]),
  );
}

describe('counters of one process after the other', () => {
  test('go on from where they were when the target was started anew', () => {
    const continuity = new Continuity();
    continuity.update([faults(7), latency(3), threads(4)], 0n);
    continuity.sessionEnded();
    continuity.update([faults(2), latency(1), threads(5)], 1n);
    const now = values(continuity.families());
    expect(now.faults_total).toBe(9);
    expect(now.latency_seconds_count).toBe(4);
    expect(now['latency_seconds_bucket+Inf']).toBe(4);
    expect(now.latency_seconds_sum).toBeCloseTo(6e-6, 12);
    expect(now.threads).toBe(5);
  });

  test('stay where they are while no process is there, and gauges are gone', () => {
    const continuity = new Continuity();
    continuity.update([faults(7), threads(4)], 0n);
    continuity.sessionEnded();
    expect(values(continuity.families())).toEqual({ faults_total: 7 });
    continuity.sessionEnded();
    expect(values(continuity.families())).toEqual({ faults_total: 7 });
  });

  test('never fall, also where an estimate is corrected downwards', () => {
    const continuity = new Continuity();
    continuity.update([faults(7)], 0n);
    continuity.update([faults(6)], 1n);
    expect(values(continuity.families()).faults_total).toBe(7);
    continuity.update([faults(9)], 2n);
    expect(values(continuity.families()).faults_total).toBe(9);
  });

  test('of a real session are what the session says, at the end of the first and doubled after a second like it', () => {
    const { snapshot } = recordedSession(realRecords()).end();
    const families = sessionMetrics(snapshot);
    const continuity = new Continuity();
    continuity.update(families, 0n);
    const once = values(continuity.families());
    expect(once.faultscope_major_faults_total).toBe(snapshot.totals.majorFaults);
    continuity.sessionEnded();
    continuity.update(families, 1n);
    const twice = values(continuity.families());
    for (const { name, type, samples } of families) {
      if (type !== 'counter' && type !== 'histogram') continue;
      for (const { suffix, labels } of samples) {
        const key = `${name}${suffix}${labels.le ?? ''}`;
        expect(twice[key]).toBeCloseTo(2 * (once[key] ?? Number.NaN), 6);
      }
    }
  });
});
