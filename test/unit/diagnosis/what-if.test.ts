import { describe, expect, it } from 'vitest';
import type { WhatIf } from '../../../src/diagnosis/finding.js';
import { predict } from '../../../src/diagnosis/what-if.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import {
  goroutineFunction,
  history,
  runtime,
  SECOND,
  session,
  stalls,
  stuckEventLoop,
  withFaults,
} from './sessions.js';
import { type Scene, simulate } from './simulation.js';

const SCENE: Scene = {
  capacity: 2,
  cpus: 2,
  goroutines: 4,
  runNs: 40_000,
  faultNs: 100_000,
  thinkNs: 0,
  run: 'exponential',
  fault: 'exponential',
  deviceChannels: Number.POSITIVE_INFINITY,
};
const SECONDS = 10;

/** What faultscope would have measured of a simulated Go program, with a census of its goroutines or without. */
function observed(scene: Scene, census: boolean): Snapshot {
  const { levels, faultRatePerNs } = simulate(scene, 30_000);
  const faults = Math.round(faultRatePerNs * SECONDS * SECOND);
  const waiting = faultRatePerNs * scene.thinkNs;
  const reader = goroutineFunction({
    majorFaults: faults,
    holdingFaults: faults,
    census: census ? { active: scene.goroutines - waiting, waiting } : null,
  });
  const onCpu = faultRatePerNs * scene.runNs * SECONDS;
  const blank = session(SECONDS, { onCpu, fault: 1, runQueue: busyElsewhere(scene, levels) * SECONDS - onCpu });
  return withFaults(
    {
      ...blank,
      host: { ...blank.host, cpus: scene.cpus },
      runtime: runtime('go', scene.capacity),
      stalls: stalls(scene.capacity, SECONDS, levels),
      goroutines: { functions: [reader], top: [], seen: scene.goroutines },
    },
    faults,
  );
}

/** Ps that are in no fault all have a thread that wants a CPU, where nobody waits elsewhere. */
function busyElsewhere({ capacity, goroutines }: Scene, levels: readonly number[]): number {
  return levels.reduce((sum, share, level) => sum + share * Math.min(capacity - level, goroutines - level), 0);
}

function predicted(snapshot: Snapshot): WhatIf {
  const whatIf = predict(snapshot);
  if (whatIf === null) throw new Error('nothing was predicted');
  return whatIf;
}

function fullStallsAt(whatIf: WhatIf, capacity: number): { low: number; high: number } {
  const prediction = whatIf.capacities.find((one) => one.capacity === capacity);
  if (prediction === undefined) throw new Error(`nothing was predicted for ${capacity}`);
  return prediction.fullStallFraction;
}

describe('full stalls at eight Ps, foretold from a run on two, against the same program simulated on eight', () => {
  const scenes: readonly (Partial<Scene> & { readonly device: 'low' | 'high' })[] = [
    { device: 'low' },
    { device: 'low', goroutines: 16 },
    { device: 'low', goroutines: 16, cpus: 8 },
    { device: 'low', goroutines: 16, runNs: 10_000 },
    { device: 'low', goroutines: 9, runNs: 100_000 },
    { device: 'low', goroutines: 16, fault: 'two-sized' },
    { device: 'low', goroutines: 16, run: 'two-sized', fault: 'deterministic' },
    { device: 'low', goroutines: 16, thinkNs: 200_000 },
    { device: 'high', goroutines: 16, deviceChannels: 1 },
    { device: 'high', goroutines: 16, deviceChannels: 2 },
    { device: 'high', goroutines: 16, deviceChannels: 1, runNs: 150_000 },
  ];
  it.each(scenes)('%o', ({ device, ...facts }) => {
    const scene = { ...SCENE, ...facts };
    const foretold = fullStallsAt(predicted(observed(scene, true)), 8)[device];
    const truth = simulate({ ...scene, capacity: 8 }, 30_000).levels[8] ?? 0;
    expect(Math.abs(foretold - truth)).toBeLessThan(0.05);
  });

  it('without a count of the goroutines, where there are always enough', () => {
    const scene = { ...SCENE, goroutines: 32 };
    const whatIf = predicted(observed(scene, false));
    expect(whatIf.assumptions[0]).toContain('was not counted');
    const truth = simulate({ ...scene, capacity: 8 }, 30_000).levels[8] ?? 0;
    expect(Math.abs(fullStallsAt(whatIf, 8).low - truth)).toBeLessThan(0.05);
  });
});

describe('what if', () => {
  it('shows the measured share at the present capacity, then one more, twice, four and eight times', () => {
    const whatIf = predicted(observed({ ...SCENE, goroutines: 64 }, true));
    const capacities = whatIf.capacities.map(({ capacity }) => capacity);
    expect(capacities).toEqual(expect.arrayContaining([2, 3, 4, 8, 16]));
    expect(capacities).toEqual([...capacities].sort((a, b) => a - b));
    const measured = simulate({ ...SCENE, goroutines: 64 }, 30_000).levels[2] ?? 0;
    expect(fullStallsAt(whatIf, 2).low).toBeCloseTo(measured, 6);
    expect(fullStallsAt(whatIf, 2).high).toBeCloseTo(measured, 6);
  });

  it('finds that one P more than goroutines is enough, however slow the device', () => {
    const whatIf = predicted(observed({ ...SCENE, deviceChannels: 1 }, true));
    expect(whatIf.enough).toBe(5);
    expect(fullStallsAt(whatIf, 5)).toEqual({ low: 0, high: 0 });
  });

  it('says so where what is enough hangs on the device keeping up', () => {
    const whatIf = predicted(observed({ ...SCENE, goroutines: 200, deviceChannels: 2 }, false));
    expect(whatIf.enough).not.toBeNull();
    expect(whatIf.assumptions.join('\n')).toContain('is enough only if the device keeps up');
  });

  it('has no stalls left for the same reads as pread in Go', () => {
    const { asPread, assumptions } = predicted(observed(SCENE, true));
    expect(asPread).toEqual({ fullStallFraction: 0, lostParallelism: 0 });
    expect(assumptions.join('\n')).toContain('pread(2)');
  });

  it('takes goroutines that come and go for as many as came, not for the few there were at a time', () => {
    const base = observed({ ...SCENE, goroutines: 2, thinkNs: 100_000 }, true);
    if (base.goroutines === null) throw new Error('the session has goroutines');
    const whatIf = predicted({ ...base, goroutines: { ...base.goroutines, seen: 5000 } });
    expect(whatIf.assumptions[0]).toContain('come and go');
    expect(fullStallsAt(whatIf, 3).low).toBeGreaterThan(0);
  });

  it('sets spans without a fault aside, and takes them to stay', () => {
    const busy = observed({ ...SCENE, goroutines: 16 }, true);
    if (busy.stalls === null) throw new Error('the session has stalls');
    const [none = 0, ...others] = busy.stalls.levelNs;
    const idleNs = SECONDS * SECOND;
    const levelNs = [none + idleNs, ...others];
    const idleSpan = { sampledNs: idleNs, levelTimeNs: 0, fullNs: 0, lostNs: 0 };
    const halfIdle = predicted({
      ...busy,
      stalls: { ...busy.stalls, levelNs, sampledNs: 2 * idleNs },
      history: history([0]).map((point) => ({ ...point, durationNs: idleNs, level: idleSpan })),
    });
    expect(halfIdle.assumptions.join('\n')).toContain('For 50% of the time there was no fault at all');
    for (const capacity of [2, 4, 8]) {
      expect(fullStallsAt(halfIdle, capacity).low).toBeCloseTo(fullStallsAt(predicted(busy), capacity).low / 2, 6);
    }
  });

  it('offers an event loop no more capacity', () => {
    const whatIf = predicted(stuckEventLoop());
    expect(whatIf.capacities.map(({ capacity }) => capacity)).toEqual([1]);
    expect(whatIf.enough).toBeNull();
    expect(whatIf.assumptions[0]).toContain('one thing at a time');
  });

  it('says nothing of reads as pread of threads that would wait in it themselves', () => {
    const native = session(
      10,
      { onCpu: 5, fault: 15 },
      { runtime: runtime('native', 2), stalls: stalls(2, 10, [0.2, 0.3, 0.5]) },
    );
    expect(predicted(withFaults(native, 5000)).asPread).toBeNull();
  });

  it('predicts nothing without a capacity, from a second, from a few faults, or where the capacity changed', () => {
    const base = observed(SCENE, true);
    if (base.stalls === null) throw new Error('the session has stalls');
    expect(predict({ ...base, stalls: { ...base.stalls, capacity: null } })).toBeNull();
    expect(predict({ ...base, stalls: { ...base.stalls, sampledNs: SECOND } })).toBeNull();
    expect(predict({ ...base, stalls: { ...base.stalls, fullNs: 0 } })).toBeNull();
    const few = goroutineFunction({ holdingFaults: 50 });
    expect(predict({ ...base, goroutines: { functions: [few], top: [], seen: 1 } })).toBeNull();
  });

  it('owns up to a model that does not fit what was measured', () => {
    const inPhases = {
      ...observed({ ...SCENE, capacity: 4, goroutines: 8 }, true),
      stalls: stalls(4, 10, [0.5, 0, 0, 0, 0.5]),
    };
    expect(predicted(inPhases).assumptions.join('\n')).toMatch(/Of the present full stalls the model gives \d+%/);
  });
});
