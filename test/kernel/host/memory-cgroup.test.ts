import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { monotonicNs } from '../../../src/host/clock.js';
import { MemoryCgroupReader } from '../../../src/host/memory-cgroup.js';
import { cpuQuota } from '../../../src/host/runtime/cpu-quota.js';
import { until } from '../support/until.js';

const LIMIT_BYTES = 64 * 2 ** 20;
/** Where version 1 is mounted by custom; version 2 is tested with made-up files. */
const V1 = '/sys/fs/cgroup/memory';
const name = `faultscope-test-${process.pid}`;

test.skipIf(!existsSync(join(V1, 'memory.limit_in_bytes')))(
  'a process in a cgroup below one with a limit is bounded by that one, as the kernel says',
  async () => {
    const bounding = join(V1, name);
    const below = join(bounding, 'below');
    mkdirSync(bounding);
    writeFileSync(join(bounding, 'memory.limit_in_bytes'), String(LIMIT_BYTES));
    mkdirSync(below);
    const child = spawn('sleep', ['60']);
    try {
      const pid = child.pid ?? -1;
      writeFileSync(join(below, 'cgroup.procs'), String(pid));
      const reading = new MemoryCgroupReader(pid).read(monotonicNs);
      const usage = Number(readFileSync(join(bounding, 'memory.usage_in_bytes'), 'utf8'));
      expect(reading).toMatchObject({ path: `/${name}`, limitBytes: LIMIT_BYTES });
      expect(Math.abs((reading?.usageBytes ?? 0) - usage)).toBeLessThan(2 ** 20);
      expect(reading?.fileBytes).not.toBeNull();
      expect(reading?.anonBytes).not.toBeNull();
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await until('its cgroup to be empty', () => readFileSync(join(below, 'cgroup.procs'), 'utf8') === '');
      rmdirSync(below);
      rmdirSync(bounding);
    }
  },
);

test.skipIf(!existsSync('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'))(
  'a process in a cgroup namespace has the limits that the kernel holds it to',
  async () => {
    const [memory, cpu] = [V1, '/sys/fs/cgroup/cpu'].map((root) => join(root, `${name}-namespace`));
    for (const group of [memory, cpu]) mkdirSync(group ?? '');
    writeFileSync(`${memory}/memory.limit_in_bytes`, String(LIMIT_BYTES));
    writeFileSync(`${cpu}/cpu.cfs_quota_us`, '150000');
    const enter = `for group in ${memory} ${cpu}; do echo $$ >$group/cgroup.procs; done; exec unshare --cgroup "$@"`;
    const inside = ['grep', '-q', ':memory:/$', '/proc/self/cgroup'];
    const child = spawn('/bin/sh', ['-c', enter, 'sh', 'sh', '-c', `${inside.join(' ')} && exec sleep 60`]);
    try {
      const pid = child.pid ?? -1;
      await until('it to be inside', () => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n');
      expect(new MemoryCgroupReader(pid).read(monotonicNs)).toMatchObject({
        path: `/${name}-namespace`,
        limitBytes: LIMIT_BYTES,
      });
      expect(cpuQuota(pid)).toBe(1.5);
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      for (const group of [memory, cpu]) {
        await until('its cgroup to be empty', () => readFileSync(`${group}/cgroup.procs`, 'utf8') === '');
        rmdirSync(group ?? '');
      }
    }
  },
);
