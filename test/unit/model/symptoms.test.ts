import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Symptoms } from '../../../src/model/snapshot.js';
import { mergeSymptoms, SymptomLedger } from '../../../src/model/symptoms.js';
import type { SystemRecord } from '../../../src/record/record.js';
import { BEGIN, FAULT, first, running, SECOND, sample, tick, traceOf, wait } from './records.js';

const NO_TICKS = { userTicks: 0, systemTicks: 0, iowaitTicks: 0, idleTicks: 0, stealTicks: 0 };

/** `atNs` counts from BEGIN. */
function system(atNs: bigint, fields: Partial<SystemRecord> = {}): SystemRecord {
  return {
    kind: 'system',
    userTicks: 0,
    systemTicks: 0,
    host: NO_TICKS,
    memoryPressure: null,
    ioPressure: null,
    ...fields,
    atNs: BEGIN + atNs,
  };
}

/** 200 ticks: one second of two CPUs. */
const A_SECOND = { userTicks: 100, systemTicks: 50, iowaitTicks: 30, idleTicks: 15, stealTicks: 5 };

describe('symptoms', () => {
  test('are shares of the time between two readings: of CPUs for the process, of all CPUs for the host', () => {
    const ledger = new SymptomLedger();
    ledger.apply(system(0n, { userTicks: 1000, systemTicks: 500, host: { ...A_SECOND, idleTicks: 99 } }));
    expect(ledger.tick(0, 0)).toBeNull();
    expect(ledger.view()).toBeNull();
    ledger.apply(
      system(SECOND, {
        userTicks: 1075,
        systemTicks: 520,
        host: { userTicks: 200, systemTicks: 100, iowaitTicks: 60, idleTicks: 114, stealTicks: 10 },
      }),
    );
    const symptoms = ledger.tick(1_500_000_000, 1e9);
    expect(symptoms).toEqual({
      durationNs: 1e9,
      process: { userCpus: 0.75, systemCpus: 0.2, ioWaitThreads: 1.5 },
      host: { user: 0.5, system: 0.25, iowait: 0.15, idle: 0.075, steal: 0.025 },
      memoryPressure: null,
      ioPressure: null,
    });
    expect(ledger.view()).toEqual(symptoms);
  });

  test('tell pressure as the share of the time in which tasks were held up, and null where there is none', () => {
    const ledger = new SymptomLedger();
    ledger.apply(system(0n, { ioPressure: { someUs: 700, fullUs: 100 } }));
    ledger.tick(0, 0);
    ledger.apply(system(SECOND, { host: A_SECOND, ioPressure: { someUs: 250_700, fullUs: 100_100 } }));
    expect(ledger.tick(0, 1e9)).toMatchObject({ ioPressure: { some: 0.25, full: 0.1 }, memoryPressure: null });
  });

  test('never go below nought, though idle and iowait may step back and an open wait may turn out to be another', () => {
    const ledger = new SymptomLedger();
    ledger.apply(system(0n, { host: { ...NO_TICKS, iowaitTicks: 10, idleTicks: 10 } }));
    ledger.tick(5000, 0);
    ledger.apply(system(SECOND, { host: { ...NO_TICKS, userTicks: 100, iowaitTicks: 9, idleTicks: 9 } }));
    const symptoms = ledger.tick(4000, 1e9);
    expect(symptoms?.host).toEqual({ user: 1, system: 0, iowait: 0, idle: 0, steal: 0 });
    expect(symptoms?.process.ioWaitThreads).toBe(0);
  });

  test('wait for the first tick of a CPU rather than divide by nothing, and lose nothing by it', () => {
    const ledger = new SymptomLedger();
    ledger.apply(system(0n));
    ledger.tick(0, 0);
    ledger.apply(system(5_000_000n, { userTicks: 1 }));
    expect(ledger.tick(0, 5e6)).toBeNull();
    ledger.apply(system(SECOND, { userTicks: 50, host: A_SECOND }));
    expect(ledger.tick(0, 1e9)).toMatchObject({ durationNs: 1e9, process: { userCpus: 0.5 } });
  });

  test('are not told twice where no new reading has come', () => {
    const ledger = new SymptomLedger();
    ledger.apply(system(0n));
    ledger.tick(0, 0);
    ledger.apply(system(SECOND, { host: A_SECOND }));
    expect(ledger.tick(0, 1e9)).not.toBeNull();
    expect(ledger.tick(5e8, 2e9)).toBeNull();
  });

  test('over a session are what its spans merge into', () => {
    const step = fc.record({
      user: fc.nat(200),
      some: fc.nat(1_000_000),
      ioWaitNs: fc.nat(4e9),
      durationNs: fc.constant(1_000_000_000),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const ledger = new SymptomLedger();
        const sum = { user: 0, some: 0, ioWaitNs: 0, ns: 0 };
        const reading = () =>
          system(BigInt(sum.ns), {
            userTicks: sum.user,
            // Every span has as many ticks of the host: then shares of spans can be averaged by their length.
            host: { ...NO_TICKS, userTicks: sum.user, idleTicks: (sum.ns / 1e9) * 200 - sum.user },
            ioPressure: { someUs: sum.some, fullUs: 0 },
          });
        ledger.apply(reading());
        ledger.tick(0, 0);
        let merged: Symptoms | null = null;
        for (const { user, some, ioWaitNs, durationNs } of steps) {
          sum.user += user;
          sum.some += some;
          sum.ioWaitNs += ioWaitNs;
          sum.ns += durationNs;
          ledger.apply(reading());
          merged = mergeSymptoms(merged, ledger.tick(sum.ioWaitNs, sum.ns));
        }
        const whole = ledger.view();
        expect(merged?.durationNs).toBe(whole?.durationNs);
        expect(merged?.process.userCpus).toBeCloseTo(whole?.process.userCpus ?? -1, 9);
        expect(merged?.process.ioWaitThreads).toBeCloseTo(whole?.process.ioWaitThreads ?? -1, 9);
        expect(merged?.host.idle).toBeCloseTo(whole?.host.idle ?? -1, 9);
        expect(merged?.ioPressure?.some).toBeCloseTo(whole?.ioPressure?.some ?? -1, 9);
      }),
    );
  });

  test('of a span that was not read are those of its neighbour', () => {
    const ledger = new SymptomLedger();
    ledger.apply(system(0n));
    ledger.tick(0, 0);
    ledger.apply(system(SECOND, { host: A_SECOND }));
    const symptoms = ledger.tick(0, 1e9);
    expect(mergeSymptoms(symptoms, null)).toBe(symptoms);
    expect(mergeSymptoms(null, symptoms)).toBe(symptoms);
    expect(mergeSymptoms(null, null)).toBeNull();
  });
});

test('a trace shows symptoms at each tick and over the session, with the threads blocked in faults as its iowait', () => {
  const trace = traceOf(
    running(0n),
    sample(SECOND),
    system(SECOND),
    tick(SECOND),
    wait({ code: FAULT, count: 3, totalNs: 500_000_000 }),
    sample(2n * SECOND),
    system(2n * SECOND, { userTicks: 25, host: A_SECOND }),
    tick(2n * SECOND),
    system(3n * SECOND, { userTicks: 25, host: { ...A_SECOND, idleTicks: 215 } }),
    tick(3n * SECOND),
  );
  const { history, symptoms } = trace.snapshot();
  expect(history.map((point) => point.symptoms?.process.userCpus)).toEqual([0.25, 0]);
  expect(first(history).symptoms?.process.ioWaitThreads).toBeCloseTo(0.5, 6);
  expect(symptoms).toMatchObject({ durationNs: 2e9, process: { userCpus: 0.125 }, host: { user: 0.25 } });
  expect(symptoms?.process.ioWaitThreads).toBeCloseTo(0.25, 6);
});
