import { describe, expect, it } from 'vitest';
import {
  fullStallFraction,
  lostParallelism,
  meanOf,
  type Program,
  steadyState,
} from '../../../src/diagnosis/queueing.js';
import { type Scene, simulate } from './simulation.js';

const RUN_NS = 30_000;
const FAULT_NS = 100_000;

function program(facts: Partial<Program> = {}): Program {
  return {
    capacity: 4,
    cpus: 64,
    runNs: RUN_NS,
    completionsPerNs: (level) => level / FAULT_NS,
    population: { kind: 'endless' },
    ...facts,
  };
}

function closed(size: number, thinkNs = 0): Program['population'] {
  return { kind: 'closed', size, thinkNs };
}

function expectLevels(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [level, share] of expected.entries()) expect(actual[level]).toBeCloseTo(share, 10);
}

/** Shares that stand as the weights do. */
function shares(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

const upTo = (top: number): number[] => Array.from({ length: top + 1 }, (_, index) => index);

describe('the level in the steady state, against closed forms', () => {
  it('is binomial where no goroutine waits for a P, a CPU or the device', () => {
    const p = FAULT_NS / (FAULT_NS + RUN_NS);
    const binomial = upTo(4).map((k) => (factorial(4) / factorial(k) / factorial(4 - k)) * p ** k * (1 - p) ** (4 - k));
    expectLevels(steadyState(program({ population: closed(4) })).levels, binomial);
  });

  it('is that of machine repair, M/M/1//N, where the device serves one fault at a time', () => {
    const repair = program({ population: closed(4), completionsPerNs: () => 1 / FAULT_NS });
    const weights = upTo(4).map((k) => (factorial(4) / factorial(4 - k)) * (FAULT_NS / RUN_NS) ** k);
    expectLevels(steadyState(repair).levels, shares(weights));
  });

  it('is that of machine repair, M/M/1//N, seen from the other side, where there is one CPU', () => {
    const weights = upTo(4).map((k) => (FAULT_NS / RUN_NS) ** k / factorial(k));
    expectLevels(steadyState(program({ cpus: 1, population: closed(4) })).levels, shares(weights));
  });

  it('stalls as often as Erlang B says where one CPU brings faults to as many Ps as there are', () => {
    const offered = FAULT_NS / RUN_NS;
    const weights = upTo(4).map((k) => offered ** k / factorial(k));
    const erlangB = (weights.at(-1) ?? 0) / weights.reduce((sum, weight) => sum + weight, 0);
    expect(fullStallFraction(steadyState(program({ cpus: 1 })))).toBeCloseTo(erlangB, 10);
  });

  it('is binomial also where goroutines wait elsewhere in between, over the time of the whole round', () => {
    const p = FAULT_NS / (FAULT_NS + RUN_NS + 70_000);
    const binomial = upTo(4).map((k) => (factorial(4) / factorial(k) / factorial(4 - k)) * p ** k * (1 - p) ** (4 - k));
    expectLevels(steadyState(program({ population: closed(4, 70_000) })).levels, binomial);
  });

  it('is that of a closed product-form network: one CPU, a device that keeps up, and waiting elsewhere', () => {
    const thinkNs = 500_000;
    const weights = upTo(6).map((k) =>
      upTo(6 - k).reduce(
        (sum, z) => sum + (FAULT_NS ** k / factorial(k)) * (thinkNs ** z / factorial(z)) * RUN_NS ** (6 - k - z),
        0,
      ),
    );
    const { levels } = steadyState(program({ capacity: 6, cpus: 1, population: closed(6, thinkNs) }));
    expectLevels(levels, shares(weights));
  });

  it('has the mean that Little asks of it where goroutines come from outside: arrivals x fault time', () => {
    const arrivalsPerNs = 1 / 90_000;
    const { levels } = steadyState(program({ capacity: 2, population: { kind: 'open', arrivalsPerNs } }));
    expect(meanOf(levels)).toBeCloseTo(arrivalsPerNs * FAULT_NS, 10);
  });

  it('is that of endless work where more comes from outside than can be done', () => {
    const open = program({ population: { kind: 'open', arrivalsPerNs: 1 } });
    expectLevels(steadyState(open).levels, steadyState(program()).levels);
  });
});

describe('the level in the steady state', () => {
  it('never reaches the capacity with fewer goroutines than Ps', () => {
    expect(fullStallFraction(steadyState(program({ capacity: 5, population: closed(4) })))).toBe(0);
  });

  it('is the same for any number of goroutines from the number of Ps on, when none waits elsewhere', () => {
    const endless = steadyState(program()).levels;
    for (const size of [4, 5, 1000]) expectLevels(steadyState(program({ population: closed(size) })).levels, endless);
  });

  it('holds for thousands of goroutines and hundreds of Ps without overflow', () => {
    const huge = steadyState(program({ capacity: 512, cpus: 2, population: closed(20_000, 1e9) }));
    expect(huge.levels.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(lostParallelism(huge)).toBeGreaterThan(0);
    expect(lostParallelism(huge)).toBeLessThan(1);
  });

  it('tells how many run at each level', () => {
    const { runningAt } = steadyState(program({ cpus: 2, population: closed(4) }));
    expect(runningAt).toEqual([2, 2, 2, 1, 0]);
  });
});

describe('the model against a simulation of goroutines, Ps and CPUs', () => {
  const base: Scene = {
    capacity: 2,
    cpus: 2,
    goroutines: 4,
    runNs: RUN_NS,
    faultNs: FAULT_NS,
    thinkNs: 0,
    run: 'exponential',
    fault: 'exponential',
    deviceChannels: Number.POSITIVE_INFINITY,
  };
  const scenes: readonly (Partial<Scene> & { readonly within: number })[] = [
    { within: 0.01 },
    { capacity: 1, within: 0.01 },
    { capacity: 8, goroutines: 16, within: 0.01 },
    { capacity: 8, goroutines: 9, cpus: 1, within: 0.01 },
    { capacity: 4, goroutines: 12, runNs: 100_000, within: 0.01 },
    { capacity: 4, goroutines: 12, deviceChannels: 2, within: 0.01 },
    { capacity: 8, goroutines: 12, deviceChannels: 1, within: 0.01 },
    { capacity: 4, goroutines: 8, thinkNs: 100_000, within: 0.02 },
    { capacity: 2, goroutines: 16, thinkNs: 600_000, within: 0.02 },
    { capacity: 4, goroutines: 40, thinkNs: 1_000_000, runNs: 60_000, within: 0.02 },
    { fault: 'deterministic', within: 0.03 },
    { run: 'two-sized', fault: 'deterministic', capacity: 4, goroutines: 7, runNs: 90_000, within: 0.03 },
    { fault: 'two-sized', capacity: 8, goroutines: 16, within: 0.03 },
    { run: 'two-sized', fault: 'two-sized', capacity: 4, goroutines: 8, thinkNs: 150_000, within: 0.03 },
    { run: 'deterministic', fault: 'exponential', capacity: 2, goroutines: 3, within: 0.03 },
  ];
  it.each(scenes)('foretells the full stalls of %o', ({ within, ...facts }) => {
    const scene = { ...base, ...facts };
    const { capacity, cpus, runNs, goroutines, thinkNs } = scene;
    const model = steadyState({
      capacity,
      cpus,
      runNs,
      completionsPerNs: (level) => Math.min(level, scene.deviceChannels) / scene.faultNs,
      population: closed(goroutines, thinkNs),
    });
    const seen = simulate(scene, 30_000);
    expect(Math.abs(fullStallFraction(model) - (seen.levels.at(-1) ?? 0))).toBeLessThan(within);
    expect(Math.abs(lostParallelism(model) - meanOf(seen.levels) / capacity)).toBeLessThan(within);
  });
});
