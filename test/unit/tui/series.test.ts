import { describe, expect, it } from 'vitest';
import type { HistoryPoint, LevelPoint } from '../../../src/model/snapshot.js';
import {
  fullStallShare,
  lostShare,
  meanLevel,
  means,
  requestRateHz,
  serviceTime,
  symptom,
  worst,
} from '../../../src/tui/series.js';
import { NO_TIME, NOTHING_MEASURED } from '../../support/nothing-seen.js';

const LEVEL: LevelPoint = { sampledNs: 1e9, levelTimeNs: 0, fullNs: 0, lostNs: 0 };

function second(atS: number, facts: Partial<HistoryPoint>): HistoryPoint {
  const blank = { majorFaults: 0, time: NO_TIME, level: null, symptoms: null, requests: null };
  return { atNs: atS * 1e9, durationNs: 1e9, ...blank, ...facts };
}

describe('the level over time', () => {
  const history = [
    second(1, { level: { sampledNs: 1e9, levelTimeNs: 2e9, fullNs: 0.8e9, lostNs: 0.9e9 } }),
    second(2, { level: { sampledNs: 0.25e9, levelTimeNs: 0, fullNs: 0, lostNs: 0 } }),
    second(3, { level: null }),
    second(4, { level: LEVEL }),
  ];

  it('is shares of what was sampled: half a second not sampled is no half second without a stall', () => {
    expect(means(history, 4e9, 2, fullStallShare)).toEqual([0.8 / 1.25, 0]);
    expect(means(history, 4e9, 2, lostShare)).toEqual([0.9 / 1.25, 0]);
    expect(means(history, 4e9, 2, meanLevel)).toEqual([2 / 1.25, 0]);
  });

  it('is not known where it was not sampled, and nought where nothing was stuck', () => {
    expect(means(history, 4e9, 4, fullStallShare)).toEqual([0.8, 0, null, 0]);
  });
});

describe('symptoms over time', () => {
  it('are unknown where they were not read, or the kernel does not tell', () => {
    const symptoms = {
      durationNs: 1e9,
      process: { userCpus: 1.5, systemCpus: 0.5, ioWaitThreads: 2 },
      host: { user: 0.5, system: 0.2, iowait: 0.2, idle: 0.1, steal: 0 },
      memoryPressure: null,
      ioPressure: { some: 0.25, full: 0 },
    };
    const history = [second(1, { symptoms }), second(2, {})];
    expect(
      means(
        history,
        2e9,
        2,
        symptom(({ process }) => process.userCpus),
      ),
    ).toEqual([1.5, null]);
    expect(
      means(
        history,
        2e9,
        2,
        symptom(({ memoryPressure }) => memoryPressure?.some ?? null),
      ),
    ).toEqual([null, null]);
    expect(
      means(
        history,
        2e9,
        2,
        symptom(({ ioPressure }) => ioPressure?.some ?? null),
      ),
    ).toEqual([0.25, null]);
  });
});

describe('requests over time', () => {
  const answered = (count: number, ms: number) => ({
    count,
    latency: { count, p50Ns: ms * 1e6, p90Ns: ms * 1e6, p99Ns: ms * 3e6, maxNs: ms * 9e6 },
  });
  const history = [
    second(1, { requests: answered(30, 2) }),
    second(2, { requests: answered(10, 6) }),
    second(3, { requests: { count: 0, latency: NOTHING_MEASURED } }),
    second(4, { requests: null }),
  ];

  it('have a rate of nought where none was answered and none where they are not measured', () => {
    expect(means(history, 4e9, 4, requestRateHz)).toEqual([30, 10, 0, null]);
  });

  it('have no percentiles where none was answered', () => {
    expect(worst(history, 4e9, 4, serviceTime('p99Ns'))).toEqual([6e6, 18e6, null, null]);
  });

  it('count as often as there were, and the worst of several spans is shown for their tails', () => {
    expect(means(history, 4e9, 2, serviceTime('p50Ns'))).toEqual([3e6, null]);
    expect(worst(history, 4e9, 2, serviceTime('maxNs'))).toEqual([54e6, null]);
  });
});
