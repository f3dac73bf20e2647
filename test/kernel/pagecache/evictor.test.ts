import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bpftraces } from '../support/bpftraces.js';
import { numberOf, startWorkload, type Workload } from '../support/workload.js';
import { coldCopy } from './files.js';
import { MemoryCgroup } from './memory-cgroup.js';
import { Observation } from './observation.js';

const TARGET_MIB = 48;
const LIMIT_MIB = 96;
const READ_MIB = 256;
const MIB = 2 ** 20;

let directory: string;
let big: string;
let small: string;
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-pagecache-');
  big = coldCopy(join(directory, 'big'), READ_MIB);
  small = coldCopy(join(directory, 'small'), 1);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let group: MemoryCgroup;
let target: Workload;
beforeEach(async () => {
  group = new MemoryCgroup(LIMIT_MIB);
  target = await startWorkload('pagecache', ['--dir', directory, '--mib', String(TARGET_MIB)], group.before);
});
afterEach(async () => {
  await target.end();
  await group.remove();
});

/** Lets the target touch all pages that it finds gone; what it says of that. */
async function round(number: number): Promise<{ gone: number; majflt: number }> {
  target.go();
  const event = (await target.events('round', number))[number - 1];
  if (event === undefined) throw new Error('no such round');
  return { gone: numberOf(event, 'gone'), majflt: numberOf(event, 'majflt') };
}

test.each(bpftraces())(
  'another process in its memory cgroup reads a big file: it is named, with every page and refault ($release)',
  async ({ path }) => {
    const observation = new Observation(target.pid, path);
    await observation.start();
    let reader: Workload | undefined;
    let bystander: Workload | undefined;
    try {
      bystander = await startWorkload('readfile', ['--hold', '--file', small], group.before);
      reader = await startWorkload('readfile', ['--hold', '--file', big], group.before);
      bystander.go();
      await bystander.events('result', 1);
      const before = statSync(big).size;
      reader.go();
      await reader.events('result', 1);
      const { gone, majflt } = await round(1);
      expect(before).toBe(READ_MIB * MIB);
      // All that it had of its file, or nearly so.
      expect(gone).toBeGreaterThan(1000);
      expect(majflt).toBe(gone);
      await observation.stop();

      const { pid } = reader;
      expect(observation.evicted({ pid, way: 'reclaim' })).toBeGreaterThanOrEqual(gone);
      expect(observation.refaultsBy(pid) + observation.refaultsBy(target.pid)).toBe(gone);
      console.log({
        gone,
        causes: observation.causes,
        ev: observation.evictions,
        s: observation.sampling,
        fill: observation.filledBytes(pid),
        actor: observation.actor(pid),
        b: observation.filledBytes(bystander.pid),
        l: observation.losses,
        singles: observation.singles.length,
        v: observation.variant,
      });
      expect(observation.losses).toEqual([]);
    } finally {
      await reader?.end();
      await bystander?.end();
      await observation.stop();
    }
  },
);
