import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryCgroupReader } from '../../../src/host/memory-cgroup.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faultscope-cgroup-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function process(cgroups: string, mounts: readonly string[]): void {
  write('proc/42/cgroup', cgroups);
  write('proc/self/mountinfo', mounts.map((mount) => `${mount}\n`).join(''));
}

/** A line of mountinfo: what of a hierarchy is mounted in which of our directories. */
function mount(directory: string, type: string, options: string, of = '/'): string {
  return `35 31 0:32 ${of} ${root}/${directory} rw,relatime shared:9 - ${type} ${type} rw,${options}`;
}

function reader(): MemoryCgroupReader {
  return new MemoryCgroupReader(42, join(root, 'proc'));
}

let nowNs = 0n;
const later = (): bigint => {
  nowNs += 1_000_000_000n;
  return nowNs;
};

describe('version 2', () => {
  test('reads the nearest cgroup with a limit, the smaller of max and high', () => {
    process('0::/app.slice/app.service/worker\n', [mount('cg', 'cgroup2', 'nsdelegate')]);
    write('cg/app.slice/app.service/worker/memory.max', 'max\n');
    write('cg/app.slice/app.service/worker/memory.high', 'max\n');
    write('cg/app.slice/app.service/memory.max', '629145600\n');
    write('cg/app.slice/app.service/memory.high', '524288000\n');
    write('cg/app.slice/app.service/memory.current', '524000000\n');
    write(
      'cg/app.slice/app.service/memory.stat',
      'anon 1000\nfile 2000\nworkingset_refault_file 18446744073709551615\n',
    );
    write('cg/app.slice/memory.max', '1000000\n');
    expect(reader().read(later)).toEqual({
      kind: 'memory-cgroup',
      atNs: nowNs,
      path: '/app.slice/app.service',
      limitBytes: 524288000,
      usageBytes: 524000000,
      fileBytes: 2000,
      anonBytes: 1000,
      workingsetRefaultFile: 2n ** 64n - 1n,
    });
  });

  test('a container with its own cgroup namespace shows its root as /', () => {
    process('0::/\n', [mount('cg', 'cgroup2', 'rw', '/')]);
    write('cg/memory.max', '1048576\n');
    write('cg/memory.current', '4096\n');
    expect(reader().read(later)).toMatchObject({
      path: '/',
      limitBytes: 1048576,
      fileBytes: null,
      workingsetRefaultFile: null,
    });
  });

  test('one that is mounted from below the root is found there', () => {
    process('0::/docker/abc/worker\n', [mount('cg', 'cgroup2', 'rw', '/docker/abc')]);
    write('cg/worker/memory.max', '1048576\n');
    write('cg/worker/memory.current', '4096\n');
    expect(reader().read(later)?.path).toBe('/docker/abc/worker');
  });
});

describe('version 1', () => {
  const UNLIMITED = '9223372036854771712\n';

  test('takes the hierarchy with the memory controller, its descendants included', () => {
    process('9:name=systemd:/x\n4:cpu,memory:/app\n0::/elsewhere\n', [
      mount('unified', 'cgroup2', 'rw'),
      mount('cpu set', 'cgroup', 'cpuset').replace('cpu set', 'cpu\\040set'),
      mount('mem ory', 'cgroup', 'cpu,memory').replace('mem ory', 'mem\\040ory'),
    ]);
    write('mem ory/app/memory.limit_in_bytes', '629145600\n');
    write('mem ory/app/memory.usage_in_bytes', '629000000\n');
    write(
      'mem ory/app/memory.stat',
      'cache 1\nrss 2\ntotal_cache 30\ntotal_rss 40\ntotal_workingset_refault_file 50\n',
    );
    expect(reader().read(later)).toMatchObject({
      path: '/app',
      limitBytes: 629145600,
      usageBytes: 629000000,
      fileBytes: 30,
      anonBytes: 40,
      workingsetRefaultFile: 50n,
    });
  });

  test('nothing bounds a process whose cgroups all have the highest limit there is', () => {
    process('4:memory:/app\n', [mount('mem', 'cgroup', 'memory')]);
    write('mem/app/memory.limit_in_bytes', UNLIMITED);
    write('mem/memory.limit_in_bytes', UNLIMITED);
    expect(reader().read(later)).toBeNull();
  });
});

test.each([
  ['it has ended', '', []],
  ['it is above our own cgroup namespace', '0::/../../other\n', [['cg', 'cgroup2']]],
  ['what is mounted is another part', '0::/other\n', [['cg', 'cgroup2', '/docker/abc']]],
  ['nothing is mounted', '0::/app\n', []],
] as const)('there is no reading where %s', (_why, cgroups, mounts) => {
  process(
    cgroups,
    mounts.map(([directory, type, of]) => mount(directory, type, 'rw', of)),
  );
  write('cg/memory.max', '1048576\n');
  write('cg/memory.current', '4096\n');
  expect(reader().read(later)).toBeNull();
});

test('is read once a second at most, and found again when it has moved or a limit was set', () => {
  process('0::/app\n', [mount('cg', 'cgroup2', 'rw')]);
  write('cg/app/memory.max', '1048576\n');
  write('cg/app/memory.current', '4096\n');
  write('cg/other/memory.max', '2097152\n');
  write('cg/other/memory.current', '4096\n');
  const one = reader();
  expect(one.read(later)?.path).toBe('/app');
  expect(one.read(() => nowNs + 999_999_999n)).toBeNull();
  write('proc/42/cgroup', '0::/other\n');
  const paths = Array.from({ length: 12 }, () => one.read(later)?.path);
  expect(paths[0]).toBe('/app');
  expect(paths.at(-1)).toBe('/other');
});

test('a limit that is lifted, and a cgroup that is gone, end the readings', () => {
  process('0::/app\n', [mount('cg', 'cgroup2', 'rw')]);
  write('cg/app/memory.max', '1048576\n');
  write('cg/app/memory.current', '4096\n');
  const one = reader();
  expect(one.read(later)).not.toBeNull();
  write('cg/app/memory.max', 'max\n');
  expect(one.read(later)).toBeNull();
  rmSync(join(root, 'cg/app'), { recursive: true });
  expect(one.read(later)).toBeNull();
});
