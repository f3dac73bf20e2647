import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorkload, type Workload } from '../support/workload.js';
import { Observation } from './observation.js';
import { round } from './target.js';

const SCALE = '/proc/sys/vm/watermark_scale_factor';
const GIB = 2 ** 30;
/** More than this would take too long to fill. */
const MOST_BYTES = 24 * GIB;

function memoryBytes(name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/meminfo', 'utf8'));
  return Number(line?.[1]) * 1024;
}

/** The most that the kernel takes: kswapd begins where less than 30 % of the memory is free. */
const LARGEST_SCALE = '3000';
const fillBytes = memoryBytes('MemFree') - memoryBytes('MemTotal') * 0.3 + 2 * GIB;
const tooMuch = fillBytes > MOST_BYTES;

let directory: string;
let before: string;
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-pagecache-');
  before = readFileSync(SCALE, 'utf8').trim();
});
afterAll(() => {
  writeFileSync(SCALE, before);
  rmSync(directory, { recursive: true, force: true });
});

test.skipIf(tooMuch)(
  `kswapd evicts on behalf of a reader: it is told as kswapd, with the time, and who filled memory then${tooMuch ? ' (skipped: too much memory is free here)' : ''}`,
  async () => {
    const target = await startWorkload('pagecache', ['--dir', directory, '--mib', '24', '--unmapped']);
    const sparse = join(directory, 'sparse');
    writeFileSync(sparse, '');
    truncateSync(sparse, Math.round(Math.max(fillBytes, GIB)));
    const observation = new Observation(target.pid, '/usr/bin/bpftrace');
    let reader: Workload | undefined;
    try {
      await observation.start();
      reader = await startWorkload('readfile', ['--hold', '--file', sparse]);
      writeFileSync(SCALE, LARGEST_SCALE);
      reader.go();
      await reader.events('result', 1);
      writeFileSync(SCALE, before);
      const { gone, majflt } = await round(target, 1);
      expect(gone).toBeGreaterThan(0);
      expect(majflt).toBe(gone);
      await observation.stop();

      const byKswapd = observation.causes.filter(({ eviction }) => eviction?.way === 'kswapd');
      const refaults = byKswapd.reduce((sum, { count }) => sum + count, 0);
      expect(refaults).toBeGreaterThan(0);
      // The reader, and whoever else needs memory meanwhile, make room themselves as well.
      expect(refaults).toBeGreaterThan(gone * 0.8);
      // Evictions of which nothing was heard, a few in a thousand on a busy machine, show as first touches.
      expect(observation.faults('refault')).toBeGreaterThan(gone * 0.98);
      expect(observation.faults('refault') + observation.faults('first-touch')).toBe(observation.faults());
      for (const { eviction } of byKswapd) {
        expect(eviction?.atNs).not.toBeNull();
        const actor = observation.actor(eviction?.actor.pid ?? -1);
        expect(actor).toMatchObject({ kernelThread: true, comm: expect.stringMatching(/^kswapd\d/) });
      }
      expect(observation.filledBytes(reader.pid)).toBeGreaterThan(GIB);
    } finally {
      writeFileSync(SCALE, before);
      await reader?.end();
      await observation.stop();
      await target.end();
    }
  },
);
