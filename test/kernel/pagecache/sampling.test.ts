import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OptionalSet } from '../../../src/session/optional-set.js';
import { pagecacheSet } from '../../../src/session/pagecache-set.js';
import { HOST } from '../support/direct-probe.js';
import { workloadPath } from '../support/repository.js';
import { startWorkload, Workload } from '../support/workload.js';
import { PageCacheRecords } from './observation.js';
import { round } from './target.js';

const MIB = 64;
const PAGES = MIB * 256;
const SMALL_MIB = 8;
const SMALL_PAGES = SMALL_MIB * 256;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-pagecache-');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The set alone, with tables of any size. */
function setOf(target: Workload, observed: PageCacheRecords, sizes: { bits?: number; rows?: number }): OptionalSet {
  const facts = { pid: target.pid, comm: 'pagecache', exe: null, launched: false };
  return pagecacheSet(
    { host: HOST, target: facts, bpftrace: '/usr/bin/bpftrace', intervalMs: 400 },
    (record) => observed.apply(record),
    sizes,
  );
}

function start(mib: number): Promise<Workload> {
  return startWorkload('pagecache', ['--dir', directory, '--mib', String(mib), '--cold', '--unmapped']);
}

function readfile(mib: number, option: string): Workload {
  const file = join(directory, `faultscope-cold-${mib * 256}.dat`);
  return new Workload(workloadPath('readfile'), [option, '--file', file]);
}

test('more evictions than it can remember: totals stay exact, and of the sample nothing is forgotten', async () => {
  const target = await start(MIB);
  const observed = new PageCacheRecords();
  // 4,096 entries for 16,384 pages.
  const set = setOf(target, observed, { bits: 10 });
  try {
    await set.start();
    expect(await round(target, 1)).toEqual({ gone: PAGES, majflt: PAGES });
    const evictor = readfile(MIB, '--dontneed');
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

test('more evictors than it can tell apart: those beyond are one, and no page and no refault of theirs is lost', async () => {
  const target = await start(SMALL_MIB);
  const observed = new PageCacheRecords();
  const set = setOf(target, observed, { rows: 1 });
  const evict = async (): Promise<number> => {
    const evictor = readfile(SMALL_MIB, '--dontneed');
    await evictor.results();
    return evictor.pid;
  };
  try {
    await set.start();
    await round(target, 1);
    const first = await evict();
    expect(await round(target, 2)).toEqual({ gone: SMALL_PAGES, majflt: SMALL_PAGES });
    const second = await evict();
    expect(await round(target, 3)).toEqual({ gone: SMALL_PAGES, majflt: SMALL_PAGES });
    await later(200);
    await set.stop();

    expect(observed.evicted({ pid: first })).toBeGreaterThan(0);
    expect(observed.evicted({ pid: first }) + observed.evicted({ pid: 0 })).toBe(2 * SMALL_PAGES);
    expect(observed.evicted({ pid: second })).toBe(0);
    expect(observed.actor(second)).toMatchObject({ comm: 'readfile' });
    expect(observed.refaultsBy(0)).toBe(2 * SMALL_PAGES);
    expect(observed.faults()).toBe(3 * SMALL_PAGES);
    expect(observed.losses).toEqual([]);
  } finally {
    await set.stop();
    await target.end();
  }
});
