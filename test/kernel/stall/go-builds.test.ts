import { expect, test } from 'vitest';
import { GO_VARIANTS, GO_VERSIONS, type GoBuild, goVersion } from '../support/go.js';
import { withSlowGoread } from '../support/slow-goread.js';
import { traced } from '../support/traced.js';
import { numberOf } from '../support/workload.js';

const BUILDS: GoBuild[] = GO_VERSIONS.flatMap((version) => GO_VARIANTS.map((variant) => ({ version, variant })));

test.each(BUILDS)('of Go $version, built $variant, capacity and goroutines are told', async (build) => {
  const argv = ['-known', '20', '-seconds', '1.5'];
  const { summary, truth } = await withSlowGoread(4, 3, argv, (workload) => traced(workload), build);
  expect(summary.target.runtime).toMatchObject({
    kind: 'go',
    version: goVersion(build.version),
    capacity: 3,
    capacitySource: expect.stringMatching(/read from the process/),
  });
  const told = new Map(summary.goroutines?.functions.map(({ start, majorFaults }) => [start, majorFaults]));
  expect(Object.fromEntries(told), summary.target.runtime?.goroutineDetail ?? undefined).toMatchObject({
    'main.alpha': 60,
    'main.beta': 80,
    'main.(*Server).handle': 120,
  });
  // Held against the wrong capacity it would be far off; full-stalls.test.ts has time for a finer measure.
  const toldShare = (summary.totals.fullStallNs ?? 0) / numberOf(truth, 'durationNs');
  expect(Math.abs(toldShare - numberOf(truth, 'fullStallNs') / numberOf(truth, 'durationNs'))).toBeLessThan(0.1);
});
