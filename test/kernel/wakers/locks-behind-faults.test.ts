import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../../src/export/summary-format.js';
import { newestBpftrace } from '../support/bpftraces.js';
import { Faultscope } from '../support/faultscope.js';
import { SlowFile } from '../support/slow-file.js';
import { AHEAD, numberOf, startWorkload, type WorkloadEvent } from '../support/workload.js';

let file: SlowFile;
beforeAll(async () => {
  file = await SlowFile.mount(5);
});
afterAll(() => file.end());

const [newest] = newestBpftrace();

interface Run {
  readonly summary: Summary;
  readonly results: readonly WorkloadEvent[];
}

async function run(name: string, args: readonly string[], bpftrace: string): Promise<Run> {
  const workload = await startWorkload(name, [...args, '--hold'], name === 'lockfaults' ? AHEAD : []);
  try {
    const faultscope = new Faultscope([
      '--pid',
      String(workload.pid),
      '--wakers',
      '--interval',
      '300ms',
      '--bpftrace',
      bpftrace,
    ]);
    await faultscope.attached(workload.pid, 2);
    workload.go();
    const results = await workload.results();
    return { summary: await faultscope.success(), results };
  } finally {
    await workload.end();
  }
}

const lockfaults = (more: readonly string[], bpftrace: string) =>
  run('lockfaults', ['--file', file.path, '--turns', '40', ...more], bpftrace);

/** The chain's overlap as a share of what the waiter itself saw of the touches. */
function explained({ summary, results }: Run, waiter: string): number {
  const truth = results.find(({ name }) => name === waiter);
  const chains = (summary.wakers?.chains ?? []).filter((chain) => chain.waiter.name === waiter);
  const overlapNs = chains.reduce((sum, chain) => sum + chain.overlapNs, 0);
  return overlapNs / (truth === undefined ? Number.NaN : numberOf(truth, 'behindNs'));
}

describe.each(newestBpftrace())('with bpftrace of $release', ({ path }) => {
  test('lock waits are laid to the faults of who held the lock, and of who that one waited for', async () => {
    const result = await lockfaults([], path);
    const chains = result.summary.wakers?.chains?.map(({ waiter, holder, faulter }) =>
      [waiter, holder, faulter].map(({ name }) => name),
    );
    expect(chains).toContainEqual(['middle', 'faulter', 'faulter']);
    expect(chains).toContainEqual(['waiter', 'middle', 'faulter']);
    expect(chains).toHaveLength(2);
    for (const waiter of ['middle', 'waiter']) {
      expect(explained(result, waiter), waiter).toBeLessThan(1.02);
      expect(explained(result, waiter), waiter).toBeGreaterThan(0.85);
    }
    const finding = result.summary.findings.find(({ id }) => id === 'locks-behind-faults');
    expect(finding?.title).toMatch(/^(\d\d|100)% of its lock waits are for locks whose holder was in a major fault/);
    expect(result.summary.findings.map(({ id }) => id)).not.toContain('lock');
  });
});

test("faults taken before the lock was are not in anybody's way", async () => {
  const { summary } = await lockfaults(['--before'], newest?.path ?? '');
  const { lockWaitNs = 0, lockBehindFaultNs } = summary.wakers ?? {};
  expect(lockWaitNs).toBeGreaterThan(0);
  expect(lockBehindFaultNs ?? 0).toBeLessThan(0.02 * lockWaitNs);
  expect(summary.findings.map(({ id }) => id)).not.toContain('locks-behind-faults');
});

test('a convoy without faults has no chain, and stays a convoy', async () => {
  const { summary } = await run('lockconvoy', ['--threads', '6', '--seconds', '2.5'], newest?.path ?? '');
  expect(summary.wakers?.lockWaitNs).toBeGreaterThan(1e9);
  expect(summary.wakers?.lockBehindFaultNs ?? 0).toBeLessThan(0.001 * (summary.wakers?.lockWaitNs ?? 0));
  expect(summary.findings.map(({ id }) => id)).not.toContain('locks-behind-faults');
});
