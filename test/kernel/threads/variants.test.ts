import { describe, expect, test } from 'vitest';
import { ExitCode, FaultscopeError } from '../../../src/errors.js';
import { threadsVariants, type Variant } from '../../../src/probe/variants.js';
import { threadOf, waitedForNs, waitedNs } from '../support/account.js';
import { bpftraces } from '../support/bpftraces.js';
import { DirectProbe, HOST } from '../support/direct-probe.js';
import { numberOf, startWorkload } from '../support/workload.js';

const PAGES = 307;
const THREADS = 2;
const ALL = [true, false].flatMap((pages) => threadsVariants(HOST, { kind: 'native' }, { pages }));
const WITHOUT_PAGES = 'tracepoint, x86-64 registers, pages of files unknown';
const REGISTERS = 'x86-64 registers';
const NO_REGISTERS = 'no registers: causes other than faults unknown';

function variant(name: string): Variant {
  const found = ALL.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no variant ${name} among ${ALL.map((each) => each.name).join('; ')}`);
  return found;
}

/** The raw tracepoint works on 0.23 alone: 0.17 aborts, and newer ones want a list of functions that not all kernels have. */
function switchProbesOf(release: string): readonly string[] {
  const common = ['tracepoint', 'tracepoint, its own state field'];
  return release === 'trixie' ? ['raw tracepoint', ...common] : common;
}

describe.each(bpftraces())('with the bpftrace of $release', ({ release, path }) => {
  const layouts = [REGISTERS, NO_REGISTERS];
  const names = switchProbesOf(release)
    .flatMap((probe) => layouts.map((layout) => `${probe}, ${layout}`))
    .concat(WITHOUT_PAGES);

  test.each(names)('%s: counts and waits are right', async (name) => {
    const workload = await startWorkload('count', ['--threads', String(THREADS), '--pages', String(PAGES)]);
    try {
      const probe = new DirectProbe({ pid: workload.pid, bpftrace: path, variant: variant(name) });
      await probe.start();
      workload.go();
      const results = await workload.events('result', THREADS + 1);
      const summary = await probe.stop();
      expect(summary.quality.coverage).toEqual({ traced: PAGES * THREADS, kernel: PAGES * THREADS, fraction: 1 });
      for (const truth of results.filter((result) => 'tid' in result)) {
        const row = threadOf(summary, numberOf(truth, 'tid'));
        expect(row.majorFaults).toBe(PAGES);
        expect(row.faultLatency.count + row.majorFaultsNoSleep).toBe(PAGES);
        // Besides faults these threads wait for each other only, at a barrier. Without registers nothing tells so, but
        // of the first wait, which /proc told of.
        const known = name.endsWith(REGISTERS);
        const beside = waitedForNs(row, 'lock') + (known ? 0 : waitedForNs(row, 'other'));
        expect(waitedForNs(row, 'fault')).toBeGreaterThan(0);
        expect((waitedForNs(row, 'fault') + beside) / waitedNs(row), JSON.stringify(row.waits)).toBeGreaterThan(0.99);
      }
    } finally {
      await workload.end();
    }
  });

  test('a layout of registers that is not this kernel is noticed, not believed', async () => {
    const wrong = variant('tracepoint, x86-64 registers, FRED stack');
    const probe = new DirectProbe({ pid: process.pid, bpftrace: path, variant: wrong });
    const refusal = await probe.start().then(
      () => null,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(FaultscopeError);
    expect(refusal).toMatchObject({
      exitCode: ExitCode.host,
      message: expect.stringContaining('saved registers not found'),
    });
  });
});
