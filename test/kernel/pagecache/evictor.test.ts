import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bpftraces } from '../support/bpftraces.js';
import { startWorkload, type Workload } from '../support/workload.js';
import { chill, coldFile } from './files.js';
import { MemoryCgroup } from './memory-cgroup.js';
import { Observation } from './observation.js';
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
    const observation = new Observation(target.pid, path);
    try {
      await observation.start();
      expect(await round(target, 1)).toEqual({ gone: 0, majflt: 0 });
      const bystanders = await Promise.all([1, 2].map(() => inGroup('readfile', ['--hold', '--file', small])));
      const reader = await inGroup('readfile', ['--hold', '--file', big]);
      await Promise.all(bystanders.map(finished));
      await finished(reader);
      const { gone, majflt } = await round(target, 2);
      expect(gone).toBeGreaterThan(1000);
      expect(majflt).toBe(gone);
      await observation.stop();

      const { pid } = reader;
      const { ino: inode } = statSync(join(directory, `faultscope-cold-${TARGET_MIB * 256}.dat`), { bigint: true });
      expect(observation.evicted({ pid, inode, way: 'reclaim' })).toBe(gone);
      expect(observation.evicted({ inode })).toBe(gone);
      expect(observation.refaultsBy(pid, inode)).toBe(gone);
      // Its own code may be evicted as well.
      expect(observation.faults('refault')).toBe(observation.faults());
      expect(observation.filledBytes(pid)).toBe(READ_MIB * MIB);
      for (const bystander of bystanders) {
        expect(observation.evicted({ pid: bystander.pid })).toBe(0);
        expect(observation.filledBytes(bystander.pid)).toBeLessThanOrEqual(MIB);
      }
      expect(observation.actor(pid)).toMatchObject({ comm: 'readfile', cgroup: group.name, kernelThread: false });
      expect(observation.actor(pid)?.command).toContain(big);
      for (const { cause, eviction, ageNs } of observation.singles) {
        expect({ cause, by: eviction?.actor.pid, way: eviction?.way }).toEqual({
          cause: 'refault',
          by: pid,
          way: 'reclaim',
        });
        expect(ageNs).toBeGreaterThan(0);
      }
      expect(observation.singles.length).toBeGreaterThan(0);
      expect(observation.sampling).toMatchObject({ level: 0, forgotten: 0 });
      expect(observation.losses).toEqual([]);
    } finally {
      await observation.stop();
    }
  },
);
