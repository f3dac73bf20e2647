import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cpuQuota } from '../../../../src/host/runtime/cpu-quota.js';

const V2_MOUNT = '31 23 0:28 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate';
const V1_MOUNT = '33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:5 master:1 - cgroup cgroup rw,cpu,cpuacct';
const V1_OTHER = '32 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cpu-quota-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

function host(groups: string, ...mounts: string[]): void {
  write('proc/7/cgroup', groups);
  write('proc/self/mountinfo', `${['23 1 8:1 / / rw - ext4 /dev/sda rw', ...mounts].join('\n')}\n`);
}

function quota(): number | null {
  return cpuQuota(7, { procRoot: join(root, 'proc'), mountRoot: root });
}

describe('the CPU quota of a process', () => {
  test('in a v2 hierarchy is that of its own group', () => {
    host('0::/system.slice/app.service\n', V2_MOUNT);
    write('sys/fs/cgroup/system.slice/app.service/cpu.max', '150000 100000\n');
    write('sys/fs/cgroup/cpu.max', '1000 100000\n');
    expect(quota()).toBe(1.5);
  });

  test('is none without a limit', () => {
    host('0::/app\n', V2_MOUNT);
    write('sys/fs/cgroup/app/cpu.max', 'max 100000\n');
    expect(quota()).toBeNull();
  });

  test('in a v1 hierarchy comes from there, whatever v2 says', () => {
    host('5:cpuset:/elsewhere\n4:cpu,cpuacct:/docker/abc\n0::/app\n', V2_MOUNT, V1_OTHER, V1_MOUNT);
    write('sys/fs/cgroup/app/cpu.max', '100000 100000\n');
    write('sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us', '400000\n');
    write('sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us', '100000\n');
    expect(quota()).toBe(4);
    write('sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us', '-1\n');
    expect(quota()).toBeNull();
  });

  test('is found at a mount point with a blank, and for a group with a colon in its name', () => {
    host('0::/a:b\n', V2_MOUNT.replace('/sys/fs/cgroup', '/my\\040groups'));
    write('my groups/a:b/cpu.max', '300000 100000\n');
    expect(quota()).toBe(3);
  });

  test.each([
    ['no such process', ''],
    ['no cgroup filesystem', '0::/app\n'],
    ['nonsense', 'nonsense\n::\n0:/\n'],
  ])('is none with %s', (_, groups) => {
    host(groups);
    expect(quota()).toBeNull();
  });

  test.each(['', 'max', '5', '100000 0\n', '1e5 100000\n', '-5 100000\n'])('is none where the file says %j', (text) => {
    host('0::/app\n', V2_MOUNT);
    write('sys/fs/cgroup/app/cpu.max', text);
    expect(quota()).toBeNull();
  });
});

test('of this very process it can be asked', () => {
  const own = cpuQuota(process.pid);
  expect(own === null || own > 0).toBe(true);
});
