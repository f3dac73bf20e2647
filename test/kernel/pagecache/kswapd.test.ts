import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Faultscope } from '../support/faultscope.js';
import { startWorkload, type Workload } from '../support/workload.js';
import { coldFile } from './files.js';
import { ShortMemory } from './short-memory.js';
import { round } from './target.js';

const TARGET_MIB = 24;

const hasHugePages = existsSync('/proc/sys/vm/nr_hugepages');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-pagecache-');
  for (const name of ['small-1', 'small-2']) coldFile(join(directory, name), 1);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function vmstat(name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readFileSync('/proc/vmstat', 'utf8'))?.[1]);
}

async function finished(workload: Workload): Promise<void> {
  workload.go();
  await workload.events('result', 1);
}

test.skipIf(!hasHugePages)(
  'kswapd evicts on behalf of the reader of a big file: that one is under suspicion with its share, two who read little are not',
  async () => {
    const memory = new ShortMemory();
    const readBytes = memory.bytesThatFill;
    writeFileSync(join(directory, 'sparse'), '');
    truncateSync(join(directory, 'sparse'), readBytes);
    const started: Workload[] = [];
    const start = async (name: string, argv: readonly string[]): Promise<Workload> => {
      const workload = await startWorkload(name, argv);
      started.push(workload);
      return workload;
    };
    const reading = (name: string) => start('readfile', ['--hold', '--file', join(directory, name)]);
    let faultscope: Faultscope | undefined;
    try {
      const target = await start('pagecache', ['--dir', directory, '--mib', String(TARGET_MIB), '--unmapped']);
      faultscope = new Faultscope([
        ...['--pid', String(target.pid), '--pagecache', '--capacity', '1', '--interval', '400ms'],
      ]);
      await faultscope.attached(target.pid, 2);
      const reader = await reading('sparse');
      const bystanders = [await reading('small-1'), await reading('small-2')];
      const stolen = vmstat('pgsteal_kswapd');
      memory.watch();
      await Promise.all([reader, ...bystanders].map(finished));
      const stolenByKswapd = vmstat('pgsteal_kswapd') - stolen;
      await memory.end();
      const refaulted = vmstat('workingset_refault_file');
      const { gone, majflt } = await round(target, 1);
      const refaultedInAll = vmstat('workingset_refault_file') - refaulted;
      expect(gone).toBeGreaterThan(1000);
      expect({ majflt, known: refaultedInAll >= gone }).toEqual({ majflt: gone, known: true });
      const { evictors = [], pageCache, findings } = await faultscope.finish();

      const kswapd = evictors.filter(({ way }) => way === 'kswapd');
      for (const { comm } of kswapd) expect(comm).toMatch(/^kswapd\d/);
      const pages = kswapd.reduce((sum, one) => sum + one.pages, 0);
      const refaults = kswapd.reduce((sum, one) => sum + one.refaults, 0);
      expect(pageCache?.kswapdRefaults).toBe(refaults);
      expect(pages).toBeLessThanOrEqual(stolenByKswapd);
      // The reader, and whoever else needs memory meanwhile, make room themselves as well.
      expect(refaults).toBeGreaterThan(gone * 0.8);
      // Evictions of which nothing was heard, a few in a thousand on a busy machine, show as first touches.
      const refault = pageCache?.causes.find(({ cause }) => cause === 'refault');
      expect(refault?.majorFaults).toBeGreaterThan(gone * 0.98);

      const filled = pageCache?.fillers.find(({ pid }) => pid === reader.pid)?.pageCacheBytes ?? 0;
      // Its own code is in it, if that was cold.
      expect(filled / readBytes).toBeCloseTo(1, 2);
      const [first, ...others] = pageCache?.suspects ?? [];
      expect(first).toMatchObject({ pid: reader.pid, comm: 'readfile' });
      expect(first?.share).toBeGreaterThan(0.8);
      expect(first?.refaults).toBe(Math.round((first?.share ?? 0) * refaults));
      const innocent = bystanders.map(({ pid }) => pid);
      expect(others.filter(({ pid }) => innocent.includes(pid))).toEqual([]);

      const finding = findings.find(({ id }) => id === 'refaults-by-evictor');
      expect(finding?.title).toContain(
        `evicted by kswapd, on behalf of whoever filled memory; suspected: readfile (pid ${reader.pid}`,
      );
      expect(finding?.confidence).toBe('medium');
      for (const pid of innocent) expect(JSON.stringify(findings)).not.toContain(`pid ${pid}`);
    } finally {
      await memory.end();
      faultscope?.kill('SIGINT');
      await faultscope?.outcome();
      await Promise.all(started.map((workload) => workload.end()));
    }
  },
);
