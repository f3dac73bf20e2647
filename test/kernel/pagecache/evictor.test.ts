import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bpftraces } from '../support/bpftraces.js';
import { Faultscope } from '../support/faultscope.js';
import { workloadPath } from '../support/repository.js';
import { until } from '../support/until.js';
import { startWorkload, type Workload } from '../support/workload.js';
import { chill, coldFile } from './files.js';
import { MemoryCgroup } from './memory-cgroup.js';
import { round } from './target.js';

const TARGET_MIB = 24;
const LIMIT_MIB = 64;
const READ_MIB = 160;
const MIB = 2 ** 20;

let directory: string;
let big: string;
let small: string;
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-pagecache-');
  big = coldFile(join(directory, 'big'), READ_MIB);
  small = coldFile(join(directory, 'small'), 1);
  // Whoever reads code first has it in its cgroup: were it one of these, their own code would be evicted too.
  for (const name of ['pagecache', 'readfile']) readFileSync(workloadPath(name));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let group: MemoryCgroup;
const started: Workload[] = [];
beforeEach(() => {
  group = new MemoryCgroup(LIMIT_MIB);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((workload) => workload.end()));
  await group.remove();
});

async function inGroup(name: string, argv: readonly string[]): Promise<Workload> {
  const workload = await startWorkload(name, argv, group.before);
  started.push(workload);
  return workload;
}

async function finished(workload: Workload): Promise<void> {
  workload.go();
  await workload.events('result', 1);
}

test.each(bpftraces())(
  'the reader of a big file in the same memory cgroup is named, with every page and refault; who reads little is not ($release)',
  async ({ path }) => {
    chill(big);
    chill(small);
    const target = await inGroup('pagecache', ['--dir', directory, '--mib', String(TARGET_MIB)]);
    const faultscope = new Faultscope([
      ...['--pid', String(target.pid), '--pagecache', '--capacity', '1', '--interval', '400ms', '--bpftrace', path],
    ]);
    try {
      await faultscope.attached(target.pid, 2);
      const attachedMs = performance.now();
      expect(await round(target, 1)).toEqual({ gone: 0, majflt: 0 });
      const bystanders = await Promise.all([1, 2].map(() => inGroup('readfile', ['--hold', '--file', small])));
      const reader = await inGroup('readfile', ['--hold', '--file', big]);
      await Promise.all(bystanders.map(finished));
      await finished(reader);
      const before = group.stat('workingset_refault_file');
      const { gone, majflt } = await round(target, 2);
      expect(gone).toBeGreaterThan(1000);
      expect(majflt).toBe(gone);
      // The kernel adds up the figures of its CPUs every two seconds.
      await until('the kernel to have counted as many refaults', () => {
        return group.stat('workingset_refault_file') - before === gone;
      });
      // Of less than two seconds nothing is said.
      await later(Math.max(0, attachedMs + 2500 - performance.now()));
      const { evictors, pageCache, memoryCgroup, longestFaults, findings, quality } = await faultscope.finish();

      const { pid } = reader;
      expect(evictors).toEqual([
        expect.objectContaining({
          ...{ pid, comm: 'readfile', cgroup: group.name, way: 'reclaim' },
          ...{ command: expect.stringContaining(big), pages: gone, refaults: gone, share: 1 },
        }),
      ]);
      expect(pageCache).toMatchObject({
        evictedPages: gone,
        majorFaults: gone,
        causes: [{ cause: 'refault', majorFaults: gone, confidence: 'high' }],
        kswapdRefaults: 0,
        suspects: [],
        sampling: { oneIn: 1, seenFaults: gone, forgotten: 0 },
      });
      const filledBy = (process: Workload) => pageCache?.fillers.find((filler) => filler.pid === process.pid);
      expect(filledBy(reader)?.pageCacheBytes).toBe(READ_MIB * MIB);
      expect(filledBy(target)?.pageCacheBytes).toBe(gone * 4096);
      for (const one of bystanders) expect(filledBy(one)?.pageCacheBytes ?? 0).toBeLessThanOrEqual(MIB);
      expect(memoryCgroup).toMatchObject({ path: group.name, limitBytes: LIMIT_MIB * MIB });

      const finding = findings.find(({ id }) => id === 'refaults-by-evictor');
      expect(finding?.confidence).toBe('high');
      const file = join(directory, `faultscope-cold-${TARGET_MIB * 256}.dat`);
      expect(finding?.title).toBe(
        `100% of its fault time comes from refaults of ${file} evicted by readfile (pid ${pid}, cgroup ${group.name}).`,
      );
      for (const one of bystanders) expect(JSON.stringify(findings)).not.toContain(`pid ${one.pid}`);

      const known = longestFaults.flatMap(({ cause }) => cause ?? []);
      expect(known.length).toBeGreaterThan(0);
      for (const one of known) {
        expect(one).toEqual({
          cause: 'refault',
          evictor: { pid, comm: 'readfile', way: 'reclaim' },
          ageNs: expect.any(Number),
        });
        expect(one.ageNs).toBeGreaterThan(0);
      }
      expect({ lost: quality.lostEvents, dropped: quality.droppedRecords }).toEqual({ lost: 0, dropped: 0 });
    } finally {
      faultscope.kill('SIGINT');
      await faultscope.outcome();
    }
  },
);
