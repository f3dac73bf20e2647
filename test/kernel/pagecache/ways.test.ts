import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EvictionWay } from '../../../src/record/page-cache.js';
import { startWorkload, Workload } from '../support/workload.js';
import { coldFile } from './files.js';
import { Observation } from './observation.js';
import { round } from './target.js';

const PAGES = 8 * 256;
const VISITED_PAGES = 256;

let directory: string;
let mounted: string;
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-pagecache-');
  const image = join(directory, 'image');
  mounted = join(directory, 'mounted');
  mkdirSync(mounted);
  execFileSync('truncate', ['-s', '32M', image]);
  execFileSync('mkfs.ext4', ['-q', '-F', image]);
  execFileSync('mount', ['-o', 'loop', image, mounted]);
  coldFile(join(mounted, 'visited'), 1);
});
afterAll(() => {
  execFileSync('sh', ['-c', 'umount "$1" 2>/dev/null; rm -rf "$2"', 'sh', mounted, directory]);
});

test('what takes pages away but reclaim is told by its system call; who does it is named; pages that nobody took are first touches', async () => {
  const target = await startWorkload('pagecache', [
    ...['--dir', directory, '--mib', '8', '--cold', '--unmapped', '--visit', join(mounted, 'visited')],
  ]);
  const file = join(directory, `faultscope-cold-${PAGES}.dat`);
  const observation = new Observation(target.pid, '/usr/bin/bpftrace');
  const visited = statSync(join(mounted, 'visited'), { bigint: true }).ino;
  const { ino: inode } = statSync(file, { bigint: true });
  const evictors = new Map<EvictionWay, number>();
  try {
    await observation.start();
    await round(target, 1);
    const evict = async (way: EvictionWay, program: string, argv: readonly string[]): Promise<void> => {
      const evictor = new Workload(program, argv);
      await evictor.results();
      evictors.set(way, evictor.pid);
    };
    const readfile = join('build/workloads/readfile');
    await evict('fadvise', readfile, ['--file', file, '--dontneed']);
    expect(await round(target, 2)).toEqual({ gone: PAGES, majflt: PAGES });
    await evict('direct-write', readfile, ['--file', file, '--direct']);
    expect(await round(target, 3)).toEqual({ gone: PAGES, majflt: PAGES });
    await evict('unmount', 'umount', [mounted]);
    await evict('drop-caches', '/bin/sh', ['-c', 'echo 1 > /proc/sys/vm/drop_caches']);
    expect(await round(target, 4)).toEqual({ gone: PAGES, majflt: PAGES });
    await evict('truncate', readfile, ['--file', file, '--truncate']);
  } finally {
    await observation.stop();
    await target.end();
  }
  const pages = (way: EvictionWay) => ({
    pages: observation.evicted({ way, inode: way === 'unmount' ? visited : inode }),
    byIt: observation.evicted({ way, pid: evictors.get(way) ?? -1, inode: way === 'unmount' ? visited : inode }),
    refaults: observation.refaultsBy(evictors.get(way) ?? -1, inode),
  });
  const all = { pages: PAGES, byIt: PAGES, refaults: PAGES };
  expect(pages('fadvise')).toEqual(all);
  expect(pages('direct-write')).toEqual(all);
  expect(pages('drop-caches')).toEqual(all);
  expect(pages('truncate')).toEqual({ pages: PAGES / 2, byIt: PAGES / 2, refaults: 0 });
  expect(pages('unmount')).toEqual({ pages: VISITED_PAGES, byIt: VISITED_PAGES, refaults: 0 });
  expect(observation.evicted({ way: 'other' }) + observation.evicted({ way: 'reclaim' })).toBe(0);
  expect(observation.faults('first-touch')).toBeGreaterThanOrEqual(PAGES);
  expect(observation.losses).toEqual([]);
});
