import { describe, expect, test } from 'vitest';
import { diffOf } from '../../../src/diff/diff.js';
import { quantileInterval } from '../../../src/diff/quantile-estimate.js';
import { ratioEstimate, type Sums } from '../../../src/diff/ratio-estimate.js';
import { studentT } from '../../../src/diff/student.js';
import { bucketOf, Histogram } from '../../../src/model/histogram.js';
import { seededRandom } from '../diagnosis/random.js';
import { bursts, normal, side, swings } from './simulated.js';

const SESSIONS = 500;

/** Share of simulated sessions whose interval holds the truth. */
function coverage(truth: number, spansOf: (random: () => number) => Sums[]): number {
  const random = seededRandom(1);
  let holds = 0;
  for (let session = 0; session < SESSIONS; session += 1) {
    const estimate = ratioEstimate(spansOf(random));
    if (estimate !== null && Math.abs(estimate.value - truth) <= estimate.halfWidth) holds += 1;
  }
  return holds / SESSIONS;
}

const swinging = (count: number, correlation: number) => (random: () => number) =>
  swings(count, correlation, random).map((swing) => ({ amount: 100 + 20 * swing, per: 1 }));

describe('an interval of 95 % holds the true rate in about so many sessions', () => {
  test.each([
    { seconds: 10, correlation: 0 },
    { seconds: 10, correlation: 0.3 },
    { seconds: 20, correlation: 0.6 },
    { seconds: 30, correlation: 0.6 },
    { seconds: 60, correlation: 0 },
    { seconds: 60, correlation: 0.3 },
    { seconds: 60, correlation: 0.6 },
    { seconds: 60, correlation: 0.8 },
    { seconds: 250, correlation: 0.9 },
  ])('of $seconds spans, each of which keeps $correlation of the swing before', ({ seconds, correlation }) => {
    const held = coverage(100, swinging(seconds, correlation));
    expect(held).toBeGreaterThan(0.9);
    expect(held).toBeLessThan(0.985);
  });

  test.each([
    { seconds: 60, share: 0.5, burstSeconds: 1 },
    { seconds: 250, share: 0.5, burstSeconds: 5 },
    { seconds: 250, share: 0.2, burstSeconds: 1 },
  ])('where a program stands still by turns: $share of $seconds s, in bursts of $burstSeconds s', (scene) => {
    const held = coverage(scene.share, (random) => bursts(scene.seconds, scene.share, scene.burstSeconds, random));
    expect(held).toBeGreaterThan(0.9);
    expect(held).toBeLessThan(0.985);
  });

  test('where spans are of unequal length, which count by their length', () => {
    const held = coverage(100, (random) =>
      swings(80, 0.3, random).map((swing, index) => {
        const per = index < 40 ? 1 : 3;
        return { amount: per * (100 + (20 * swing) / Math.sqrt(per)), per };
      }),
    );
    expect(held).toBeGreaterThan(0.9);
    expect(held).toBeLessThan(0.985);
  });

  test('a standard error that takes spans to be independent would not', () => {
    const random = seededRandom(1);
    let holds = 0;
    for (let session = 0; session < SESSIONS; session += 1) {
      const values = swings(60, 0.8, random).map((swing) => 100 + 20 * swing);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      if (Math.abs(mean - 100) <= studentT(59) * Math.sqrt(variance / values.length)) holds += 1;
    }
    expect(holds / SESSIONS).toBeLessThan(0.6);
  });

  test.each([0.5, 0.9, 0.99])('and the true percentile %f of latencies that swing together', (q) => {
    const random = seededRandom(2);
    const quantile = { 0.5: 0, 0.9: 1.2816, 0.99: 2.3263 }[q] ?? Number.NaN;
    // Of the product of both: logarithms of 0.2 by second and 0.8 by fault.
    const truth = 100_000 * Math.exp(quantile * Math.hypot(0.2, 0.8));
    let holds = 0;
    for (let session = 0; session < 100; session += 1) {
      const spans = swings(40, 0.5, random).map((swing) => {
        const histogram = new Histogram();
        for (let fault = 0; fault < 40; fault += 1) {
          const ns = Math.round(100_000 * Math.exp(0.2 * swing + 0.8 * normal(random)));
          histogram.add(bucketOf(ns), 1, ns);
        }
        return histogram.cells();
      });
      const { low, high } = quantileInterval(spans, q) ?? { low: truth, high: truth };
      if (low <= truth && high >= truth) holds += 1;
    }
    expect(holds / 100).toBeGreaterThan(0.9);
  });
});

describe('two sessions of one program', () => {
  const PAIRS = 40;

  test.each([
    { seconds: 12, correlation: 0.3 },
    { seconds: 30, correlation: 0.6 },
    { seconds: 60, correlation: 0.8 },
  ])('differ by noise, but for one figure in twenty or so: $seconds s, correlation $correlation', (scene) => {
    const random = seededRandom(3);
    const verdicts = Array.from({ length: PAIRS }, () => diffOf(side(random, scene), side(random, scene)))
      .flatMap(({ comparisons }) => comparisons)
      .filter(({ before, interval }) => before !== 0 && interval !== null)
      .map(({ verdict }) => verdict);
    expect(verdicts.length).toBeGreaterThan(8 * PAIRS);
    expect(verdicts.filter((verdict) => verdict !== 'noise').length / verdicts.length).toBeLessThan(0.06);
  });

  test('are told apart where one has half the faults', () => {
    const random = seededRandom(4);
    let better = 0;
    for (let pair = 0; pair < 20; pair += 1) {
      const { comparisons } = diffOf(side(random), side(random, { faultsHz: 1000 }));
      if (comparisons.find(({ measure }) => measure.id === 'majorFaults')?.verdict === 'better') better += 1;
    }
    expect(better).toBeGreaterThan(18);
  });
});
