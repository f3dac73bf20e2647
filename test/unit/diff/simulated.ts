import { diagnose } from '../../../src/diagnosis/diagnose.js';
import type { Sums } from '../../../src/diff/ratio-estimate.js';
import { Readings } from '../../../src/diff/readings.js';
import type { Side } from '../../../src/diff/side.js';
import { bucketOf, Histogram } from '../../../src/model/histogram.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { NO_TIME } from '../../support/nothing-seen.js';
import { runtime, SECOND, session, stalls } from '../diagnosis/sessions.js';

type Random = () => number;

/** Of the standard normal distribution. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** As many values around 0, of standard deviation 1, each holding `correlation` of the one before. */
export function swings(count: number, correlation: number, random: Random): number[] {
  let value = normal(random);
  return Array.from({ length: count }, () => {
    const now = value;
    value = correlation * value + Math.sqrt(1 - correlation ** 2) * normal(random);
    return now;
  });
}

/** A program that stands still by turns: `share` of the time, in bursts of `burstSeconds` on average; a span a second. */
export function bursts(count: number, share: number, burstSeconds: number, random: Random): Sums[] {
  const step = 0.1;
  let stuck = random() < share;
  return Array.from({ length: count }, () => {
    let amount = 0;
    for (let part = 0; part < 10; part += 1) {
      if (stuck) amount += step;
      const changes = stuck ? step / burstSeconds : (step * share) / (burstSeconds * (1 - share));
      if (random() < changes) stuck = !stuck;
    }
    return { amount, per: 1 };
  });
}

/** What is so on average, and how it swings from second to second. */
export interface Scene {
  readonly seconds: number;
  readonly faultsHz: number;
  /** Standard deviation of each second's rate, as a share of it. */
  readonly spread: number;
  /** How much of a second's swing the next one keeps. */
  readonly correlation: number;
  readonly fullStall: number;
  readonly medianNs: number;
  readonly facts?: Partial<Snapshot>;
}

const SCENE: Scene = {
  seconds: 60,
  faultsHz: 2000,
  spread: 0.2,
  correlation: 0.5,
  fullStall: 0.4,
  medianNs: 100_000,
};

/** Of a second; the others are taken to be as long as these. */
const SINGLE_FAULTS = 40;

/** A session of two threads that can run, whose load swings, second by second. */
export function side(random: Random, given: Partial<Scene> = {}): Side {
  const scene = { ...SCENE, ...given };
  const readings = new Readings();
  const latency = new Histogram();
  let [faults, full, waitNs] = [0, 0, 0];
  let snapshot = session(0);
  swings(scene.seconds, scene.correlation, random).forEach((swing, second) => {
    const load = Math.max(0, 1 + scene.spread * swing);
    const now = Math.round(scene.faultsHz * load);
    for (let fault = 0; fault < Math.min(now, SINGLE_FAULTS); fault += 1) {
      const ns = Math.round(scene.medianNs * load * Math.exp(0.8 * normal(random)));
      latency.add(bucketOf(ns), Math.max(1, Math.round(now / SINGLE_FAULTS)), ns);
    }
    faults += now;
    full += Math.min(1, scene.fullStall * load);
    waitNs += now * scene.medianNs;
    snapshot = reading(second + 1, { faults, full: full / (second + 1), waitNs, latency }, scene.facts);
    readings.add(snapshot);
  });
  return { snapshot, diagnosis: diagnose(snapshot), readings };
}

interface Sofar {
  readonly faults: number;
  readonly full: number;
  readonly waitNs: number;
  readonly latency: Histogram;
}

function reading(seconds: number, { faults, full, waitNs, latency }: Sofar, facts: Partial<Snapshot> = {}): Snapshot {
  const whole = session(
    seconds,
    { fault: waitNs / SECOND, onCpu: seconds / 2 },
    {
      runtime: runtime('go', 2),
      stalls: stalls(2, seconds, [1 - full, 0, full], { fullStalls: Math.round(full * seconds * 20) }),
    },
  );
  const totals = {
    ...whole.totals,
    time: { ...NO_TIME, fault: waitNs, onCpu: (seconds / 2) * SECOND },
    majorFaults: faults,
    faultLatency: latency.distribution(),
    faultHistogram: latency.cells(),
  };
  return { ...whole, totals, ...facts };
}
