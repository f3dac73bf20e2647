import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pagecacheSet } from '../../../src/session/pagecache-set.js';
import { HOST } from '../support/direct-probe.js';
import { workloadPath } from '../support/repository.js';
import { startWorkload, Workload } from '../support/workload.js';
import { PageCacheRecords } from './observation.js';
import { round } from './target.js';

const MIB = 64;
const PAGES = MIB * 256;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-pagecache-');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('more evictions than it can remember: totals stay exact, and of the sample nothing is forgotten', async () => {
  const target = await startWorkload('pagecache', ['--dir', directory, '--mib', String(MIB), '--cold', '--unmapped']);
  const observed = new PageCacheRecords();
  const facts = { pid: target.pid, comm: 'pagecache', exe: null, launched: false };
  // 4,096 entries for 16,384 pages.
  const set = pagecacheSet(
    { host: HOST, target: facts, bpftrace: '/usr/bin/bpftrace', intervalMs: 400 },
    (record) => observed.apply(record),
    10,
  );
  try {
    await set.start();
    expect(await round(target, 1)).toEqual({ gone: PAGES, majflt: PAGES });
    const evictor = new Workload(workloadPath('readfile'), [
      ...['--dontneed', '--file', join(directory, `faultscope-cold-${PAGES}.dat`)],
    ]);
    await evictor.results();
    expect(await round(target, 2)).toEqual({ gone: PAGES, majflt: PAGES });
    await later(200);
    await set.stop();

    const { level, forgotten } = observed.sampling ?? { level: 0, forgotten: -1 };
    expect(level).toBeGreaterThanOrEqual(2);
    expect(forgotten).toBe(0);
    expect(observed.evicted({ pid: evictor.pid, way: 'fadvise' })).toBe(PAGES);
    expect(observed.faults('first-touch')).toBe(PAGES);
    const refaults = observed.refaultsBy(evictor.pid);
    expect(refaults + observed.faults('not-sampled')).toBe(PAGES);
    expect(Math.abs(refaults * 2 ** level - PAGES) / PAGES).toBeLessThan(0.05);
    expect(observed.losses).toEqual([]);
  } finally {
    await set.stop();
    await target.end();
  }
});
