import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { SummaryWake, SummaryWakers } from '../../../src/export/summary-format-wakers.js';
import { bpftraces } from '../support/bpftraces.js';
import { Faultscope } from '../support/faultscope.js';
import { measureBefore } from '../support/measure-before.js';
import { AHEAD, numberOf, startWorkload, type Workload } from '../support/workload.js';

const ROUNDS = 100;
/** Of its own: other tests evict their cold files. Not in /tmp, which may be in memory. */
const directory = mkdtempSync('/var/tmp/faultscope-wakers-');
afterAll(() => rmSync(directory, { recursive: true }));

/** While bpftrace reads its maps no BPF program runs on that CPU, unless it hangs on a raw tracepoint. */
const UNSEEN = 0.1;
/** From the program's asking the clock to its going to sleep, and back. */
const CLOCKS_NS = 500_000;

interface Run {
  readonly wakers: SummaryWakers;
  readonly child: number;
  readonly results: ReadonlyMap<string, { tid: number; waits: number; waitNs: number }>;
  readonly variant: string | null;
}

async function run(bpftrace: string): Promise<Run> {
  const workload: Workload = await startWorkload(
    'wakers',
    ['--rounds', String(ROUNDS), '--dir', directory, '--hold'],
    AHEAD,
  );
  try {
    const args = ['--pid', String(workload.pid), '--wakers', '--interval', '300ms', '--bpftrace', bpftrace];
    const faultscope = new Faultscope(args);
    await faultscope.attached(workload.pid, 2);
    workload.go();
    const results = await workload.results();
    const { wakers, quality } = await faultscope.success();
    if (wakers === undefined) throw new Error('the summary has no wakers');
    const [child] = await workload.events('child', 1);
    return {
      wakers,
      child: child === undefined ? -1 : numberOf(child, 'pid'),
      results: new Map(
        results
          .filter(({ name }) => name !== undefined)
          .map((one) => [
            one.name ?? '',
            { tid: numberOf(one, 'tid'), waits: numberOf(one, 'waits'), waitNs: numberOf(one, 'waitNs') },
          ]),
      ),
      variant: quality.probes.find(({ set }) => set === 'wakers')?.variant ?? null,
    };
  } finally {
    await workload.end();
  }
}

describe.each(bpftraces())('with bpftrace of $release', ({ path }) => {
  let all: Run;
  measureBefore(async () => {
    all = await run(path);
  });

  test('each wait is laid to who ended it, as often and as long as the program says', () => {
    const { wakers, child, results, variant } = all;
    expect(variant).toContain('interrupts told');
    const wakerTid = wakers.wakes.find(({ cause, waker }) => cause === 'lock' && waker === 'thread')?.wakerId;
    const enders = [
      { name: 'futex', cause: 'lock', by: { waker: 'thread', wakerId: wakerTid, wakerName: 'waker' } },
      { name: 'pipe', cause: 'net', by: { waker: 'process', wakerId: child, wakerName: 'wakers-child' } },
      { name: 'timer', cause: 'sleep', by: { waker: 'interrupt', wakerId: null, wakerName: null } },
    ] as const;
    for (const { name, cause, by } of enders) {
      const { tid, waits, waitNs } = results.get(name) ?? { tid: 0, waits: 0, waitNs: 0 };
      const rows = wakers.wakes.filter((row) => row.tid === tid && row.cause === cause);
      const row = rows.find(({ waker, wakerId }) => waker === by.waker && wakerId === by.wakerId);
      expect(row, name).toMatchObject(by);
      expect(row?.count, name).toBeLessThanOrEqual(waits);
      expect(row?.count, name).toBeGreaterThanOrEqual(waits * (1 - UNSEEN));
      // What nobody saw end has no length; the rest is as long as it was.
      const meanNs = waitNs / waits;
      expect(Math.abs((row?.totalNs ?? 0) / (row?.count ?? 1) - meanNs), name).toBeLessThan(
        Math.max(CLOCKS_NS, 0.1 * meanNs),
      );
      // At its end it may have waited for another's printing.
      expect(
        rows.filter((other) => other !== row && other.count > 2),
        name,
      ).toEqual([]);
    }
    const counted = wakers.waits;
    const threads = [...results.values()].reduce((sum, { waits }) => sum + waits, 0);
    expect(counted).toBeGreaterThanOrEqual(threads);
  });

  test('the read of a page is ended by an interrupt, or by the kernel thread that handles it', () => {
    const { wakers, results } = all;
    const { tid, waits } = results.get('fault') ?? { tid: 0, waits: 0 };
    const rows: SummaryWake[] = wakers.wakes.filter((row) => row.tid === tid && row.cause === 'fault');
    const count = rows.reduce((sum, row) => sum + row.count, 0);
    expect(waits).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(waits);
    expect(count).toBeGreaterThanOrEqual(waits * (1 - UNSEEN) - 1);
    expect(rows.filter(({ waker }) => waker !== 'interrupt' && waker !== 'kernel')).toEqual([]);
  });
});
