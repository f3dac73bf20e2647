import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Faultscope } from '../support/faultscope.js';
import { workloadPath } from '../support/repository.js';
import { makeRoom } from '../support/room.js';
import { until } from '../support/until.js';
import { startWorkload, type Workload } from '../support/workload.js';
import { coldFile } from './files.js';
import { MemoryCgroup } from './memory-cgroup.js';
import { round } from './target.js';

const MIB = 2 ** 20;

let directory: string;
beforeAll(() => {
  makeRoom();
  directory = mkdtempSync('/var/tmp/faultscope-pagecache-');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('a program that needs more than its memory cgroup may have is told so, with an estimate that is not too high', async () => {
  const [limitMib, fileMib, rounds] = [48, 72, 4];
  const group = new MemoryCgroup(limitMib);
  let target: Workload | undefined;
  let faultscope: Faultscope | undefined;
  try {
    target = await startWorkload('pagecache', ['--dir', directory, '--mib', String(fileMib)], group.before);
    const { pid } = target;
    faultscope = new Faultscope(['--pid', String(pid), '--pagecache', '--capacity', '1', '--interval', '400ms']);
    await faultscope.attached(pid, 2);
    const gone: number[] = [];
    for (let number = 1; number <= rounds; number += 1) {
      const found = await round(target, number);
      expect(found.majflt).toBe(found.gone);
      gone.push(found.gone);
    }
    const { evictors, pageCache, memoryCgroup, findings } = await faultscope.finish();

    const faults = gone.reduce((sum, pages) => sum + pages, 0);
    expect(pageCache?.majorFaults).toBe(faults);
    // What had gone before we watched came back in the first round.
    const refaults = faults - (gone[0] ?? 0);
    expect(evictors?.[0]).toMatchObject({ pid, way: 'reclaim', cgroup: group.name });
    expect(evictors?.[0]?.refaults).toBeGreaterThanOrEqual(refaults);
    expect(memoryCgroup).toMatchObject({ path: group.name, limitBytes: limitMib * MIB });
    expect(memoryCgroup?.meanFullness).toBeGreaterThan(0.95);

    const missing = pageCache?.missingPages ?? 0;
    expect(missing).toBeGreaterThan(0.2 * Math.min(...gone));
    expect(missing).toBeLessThan(Math.max(...gone));
    const { title = '' } = findings.find(({ id }) => id === 'working-set') ?? {};
    const words = / \(estimated: ([\d.]+)MiB or more\) exceeds the 48\.0MiB limit of the memory cgroup (\S+): /.exec(
      title,
    );
    expect(words?.[2]).toBe(group.name);
    const estimateMib = Number(words?.[1]);
    expect(estimateMib).toBeGreaterThan(limitMib);
    expect(estimateMib).toBeLessThanOrEqual(fileMib + 2);
    expect(findings.map(({ id }) => id)).not.toContain('refaults-by-evictor');
  } finally {
    faultscope?.kill('SIGINT');
    await faultscope?.outcome();
    await target?.end();
    await group.remove();
  }
});

test('first touches after a launch are called that, with how much of the file is in memory and when all of it will be', async () => {
  const [fileMib, touches] = [64, 2048];
  const path = coldFile(join(directory, 'touched'), fileMib);
  const argv = ['--existing', '--file', path, '--touches', String(touches), '--pause', '0.001'];
  const faultscope = new Faultscope(
    ['--pagecache', '--capacity', '1', '--interval', '400ms', '--', workloadPath('touchpages'), ...argv],
    { stdin: 'pipe' },
  );
  try {
    const said = (event: string) => () => faultscope.stdout.includes(`{"event":"${event}"`);
    await until('it to be ready', said('ready'));
    const beganMs = performance.now();
    faultscope.stdin?.write('\n');
    await until('its result', said('result'));
    const tookMs = performance.now() - beganMs;
    // The file is looked at every second or so.
    await later(2500);
    const { evictors, pageCache, findings, window } = await faultscope.finish();
    expect(faultscope.stdout).toContain(`"fileMajflt":${touches},`);
    // Its own code may have been cold too.
    expect(pageCache?.majorFaults).toBeGreaterThanOrEqual(touches);
    const { majorFaults } = pageCache ?? {};
    expect(pageCache?.causes).toMatchObject([{ cause: 'first-touch', majorFaults, confidence: 'high' }]);
    expect(evictors, JSON.stringify(evictors)).toEqual([]);
    const { title = '' } = findings.find(({ id }) => id === 'first-touches') ?? {};
    const words =
      /^First touches after start: (\d+)% of (\S+) is in memory so far, at this rate it is warm in (?:(\d+)m)?([\d.]+)s\.$/.exec(
        title,
      );
    // fincore may have looked a moment before the last touches.
    expect(Number(words?.[1])).toBeGreaterThanOrEqual(8);
    expect(Number(words?.[1])).toBeLessThanOrEqual(13);
    expect(words?.[2]).toBe(path);
    // An eighth is in memory; the rate is that of the last seconds, some of which it rested.
    const warmMs = (Number(words?.[3] ?? 0) * 60 + Number(words?.[4])) * 1000;
    expect(warmMs).toBeGreaterThan(tookMs * 7 * 0.8);
    expect(warmMs).toBeLessThan((window.durationNs / 1e6) * 8);
  } finally {
    faultscope.kill('SIGINT');
    await faultscope.outcome();
  }
});
