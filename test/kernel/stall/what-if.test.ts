import { describe, expect, test } from 'vitest';
import type { SummaryPrediction } from '../../../src/export/summary-format.js';
import { withSlowGoread } from '../support/slow-goread.js';
import { traced } from '../support/traced.js';
import { numberOf } from '../support/workload.js';

const POINTS = 0.1;
/** Where the goroutines compute too: docs/what-if.md has by how much it has been missed, on which host. */
const COMPUTING_POINTS = 0.25;

/** Three programs: always in pages; computing in between; resting in between, as a server does between requests. */
const PROGRAMS = [
  {
    // The slower the pages, the less CPU it takes to serve them, which the prediction does not know of.
    name: '12 goroutines that read and compute, pages of 4 ms',
    delayMs: 4,
    argv: ['-readers', '12', '-work', '100000'],
    points: COMPUTING_POINTS,
  },
  { name: '6 goroutines that read, pages of 4 ms', delayMs: 4, argv: ['-readers', '6'], points: POINTS },
  {
    // Where the load is what the Ps can just bear the figure turns on how regular the rests are (docs/what-if.md).
    name: '10 goroutines that read and rest three times as long, pages of 4 ms',
    delayMs: 4,
    argv: ['-readers', '10', '-pause', '0.012', '-vary'],
    points: POINTS,
  },
];

interface Measured {
  /** Share of the time in full stalls, which full-stalls.test.ts holds against the program's own measure. */
  readonly share: number;
  readonly predicted: SummaryPrediction | undefined;
}

async function run(gomaxprocs: number, delayMs: number, argv: readonly string[]): Promise<Measured> {
  const own = ['-seconds', '4', ...argv];
  const { summary, truth } = await withSlowGoread(delayMs, gomaxprocs, own, (workload) => traced(workload));
  return {
    share: (summary.totals.fullStallNs ?? Number.NaN) / numberOf(truth, 'durationNs'),
    predicted: summary.whatIf?.capacities.find(({ capacity }) => capacity === 8),
  };
}

describe('full stalls at GOMAXPROCS 8, predicted from a run at 2, are those of a run at 8', () => {
  test.each(PROGRAMS)('$name', async ({ name, delayMs, argv, points }) => {
    const two = await run(2, delayMs, argv);
    const eight = await run(8, delayMs, argv);
    const { low, high } = two.predicted?.fullStallFraction ?? { low: Number.NaN, high: Number.NaN };
    const said = `${name}: ${low} to ${high} predicted at 8 from ${two.share} at 2, ${eight.share} in fact`;
    process.stderr.write(`${said}\n`);
    expect(eight.share, said).toBeGreaterThan(low - points);
    expect(eight.share, said).toBeLessThan(high + points);
    // A prediction that says everything says nothing.
    expect(high - low, said).toBeLessThan(0.7);
  });
});
