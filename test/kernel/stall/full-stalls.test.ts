import { describe, expect, test } from 'vitest';
import { newestBpftrace } from '../support/bpftraces.js';
import { startGoread } from '../support/go.js';
import { withSlowGoread } from '../support/slow-goread.js';
import { type Traced, traced } from '../support/traced.js';
import { numberOf } from '../support/workload.js';

/** By which a share of time may differ from the program's own. */
const POINTS = 0.03;
const SECONDS = ['-seconds', '4'];

/** goread on pages that take 5 ms each. */
function slowGoread(gomaxprocs: number, argv: readonly string[], args: readonly string[] = []): Promise<Traced> {
  return withSlowGoread(5, gomaxprocs, [...SECONDS, ...argv], (workload) => traced(workload, args));
}

/** The same on a real disk. */
async function fastGoread(gomaxprocs: number, argv: readonly string[]): Promise<Traced> {
  const workload = await startGoread(gomaxprocs, argv);
  try {
    return await traced(workload);
  } finally {
    await workload.end();
  }
}

/** Shares of the time in which the program read. */
function shares({ summary, truth }: Traced) {
  const durationNs = numberOf(truth, 'durationNs');
  return {
    told: (summary.totals.fullStallNs ?? Number.NaN) / durationNs,
    inside: numberOf(truth, 'fullStallNs') / durationNs,
    asleep: numberOf(truth, 'asleepFullStallNs') / durationNs,
  };
}

/**
 * The level begins when a thread falls asleep in a fault and ends with the fault. The program's two measures lie on either
 * side of that: all of the read, and the read without any work. On slow pages they are next to equal.
 */
function expectTrueShare(run: Traced): void {
  const { told, inside, asleep } = shares(run);
  expect(told, `full stalls ${told}, inside a read ${inside}, asleep in it ${asleep}`).toBeLessThan(inside + POINTS);
  expect(told, `full stalls ${told}, inside a read ${inside}, asleep in it ${asleep}`).toBeGreaterThan(asleep - POINTS);
}

async function expectWhatItMeasured(gomaxprocs: number, argv: readonly string[], args?: readonly string[]) {
  const run = await slowGoread(gomaxprocs, argv, args);
  const { inside } = shares(run);
  expect(inside).toBeGreaterThan(0.1);
  expect(inside).toBeLessThan(0.95);
  expectTrueShare(run);
  expect(run.summary.stalls).toMatchObject({ capacity: gomaxprocs });
  const lost = (run.summary.totals.lostParallelism ?? 0) * (run.summary.stalls?.sampledNs ?? 0);
  const truth = numberOf(run.truth, 'lostNs');
  expect(Math.abs(lost - truth) / numberOf(run.truth, 'durationNs')).toBeLessThan(POINTS);
}

describe('the time in full stalls is what the program measured itself', () => {
  test.each(newestBpftrace())('at GOMAXPROCS 2, with the bpftrace of $release', async ({ path }) => {
    await expectWhatItMeasured(2, ['-readers', '4', '-pause', '0.006'], ['--bpftrace', path]);
  });

  test('at GOMAXPROCS 1', async () => {
    await expectWhatItMeasured(1, ['-readers', '2', '-pause', '0.008']);
  });

  test('at GOMAXPROCS 8', async () => {
    await expectWhatItMeasured(8, ['-readers', '12', '-work', '300000']);
  });
});

/** How long the level says that threads were in faults, by how long the faults say it, on a real disk. */
async function levelByFaults(gomaxprocs: number, seconds: number): Promise<number> {
  const run = await fastGoread(gomaxprocs, ['-readers', '12', '-seconds', String(seconds)]);
  const { levelNs = [] } = run.summary.stalls ?? {};
  const levelTimeNs = levelNs.reduce((sum, ns, level) => sum + level * ns, 0);
  const faultNs = (run.summary.goroutines?.functions ?? []).reduce((sum, one) => sum + one.pHoldingWaitNs, 0);
  expect(run.summary.stalls?.samples.late).toBeLessThan(100 * seconds);
  expect(shares(run).told).toBeLessThan(shares(run).inside + POINTS);
  return levelTimeNs / faultNs;
}

// Here the program takes for sleep what a fast disk's interrupts and a hypervisor take from it; faults are timed exactly. The
// level is sampled: the fewer threads there are and the shorter their faults, the more chance is in it.
test.each([
  { gomaxprocs: 1, seconds: 12, within: 0.06 },
  { gomaxprocs: 2, seconds: 12, within: 0.06 },
  { gomaxprocs: 8, seconds: 4, within: 0.05 },
])(
  'on a real disk the level at GOMAXPROCS $gomaxprocs is the sum of all faults',
  async ({ gomaxprocs, seconds, within }) => {
    const ratio = await levelByFaults(gomaxprocs, seconds);
    expect(Math.abs(ratio - 1), String(ratio)).toBeLessThan(within);
  },
);

test.each(['pread', 'cgo'])('reads by %s hold no P and are no full stall', async (how) => {
  const { summary, truth } = await slowGoread(2, ['-how', how, '-readers', '12']);
  expect(numberOf(truth, 'touches')).toBeGreaterThan(1000);
  expect(summary.totals.fullStallNs).toBe(0);
  expect(summary.totals.fullStalls).toBe(0);
  expect(summary.totals.lostParallelism).toBe(0);
});

test('each full stall is one event with its length, capacity and threads', async () => {
  // One goroutine that rests between two pages: no full stall follows upon another.
  const argv = ['-readers', '1', '-pause', '0.02', '-seconds', '1.5'];
  const { summary, truth } = await withSlowGoread(5, 1, argv, (workload) => traced(workload));
  const faults = numberOf(truth, 'majflt');
  expect(faults).toBeGreaterThan(30);
  expect(summary.totals.fullStalls).toBe(faults);
  expect(summary.stalls?.longest.length).toBe(20);
  for (const stall of summary.stalls?.longest ?? []) {
    expect(stall).toMatchObject({ capacity: 1, level: 1 });
    expect(stall.durationNs).toBeGreaterThan(4.8e6);
  }
  // Where a sample came late, its members were not asked for.
  const told = (summary.stalls?.longest ?? []).flatMap((stall) => (stall.tids === null ? [] : [stall.tids]));
  expect(told.length).toBeGreaterThan(15);
  const readers = summary.threads.filter(({ majorFaults }) => majorFaults > 0).map(({ tid }) => tid);
  for (const tids of told) {
    expect(tids).toHaveLength(1);
    expect(readers).toContain(tids[0]);
  }
});

test('the delay of a goroutine that reads nothing is explained by the full stalls', async () => {
  const run = await slowGoread(1, ['-readers', '4']);
  const delayNs = numberOf(run.truth, 'tickerDelayNs');
  const inStallsNs = numberOf(run.truth, 'tickerDelayInStallsNs');
  expect(delayNs / numberOf(run.truth, 'ticks')).toBeGreaterThan(1e6);
  expect(inStallsNs / delayNs).toBeGreaterThan(0.8);
  expect(run.summary.totals.fullStallNs ?? 0).toBeGreaterThan(inStallsNs * 0.97);
});
