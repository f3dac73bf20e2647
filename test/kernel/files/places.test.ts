import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findProgram, searchPath } from '../../../src/host/find-program.js';
import { faultsByFile, RecordedSession } from '../support/recorded-session.js';
import { until } from '../support/until.js';
import { numberOf, startWorkload, type WorkloadEvent } from '../support/workload.js';

const TOUCHES = 120;
const PAUSE = ['--pause', '0.004'];

let directory = '';
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-places-');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Watched {
  readonly session: RecordedSession;
  readonly truth: WorkloadEvent;
}

/** Runs touchpages in a session; `before`: a command to run it behind; `meanwhile`: done while it touches pages. */
async function watch(
  argv: readonly string[],
  {
    before = [],
    meanwhile = async () => {},
  }: { before?: readonly string[]; meanwhile?: (session: RecordedSession) => Promise<void> } = {},
): Promise<Watched> {
  const workload = await startWorkload('touchpages', ['--touches', String(TOUCHES), ...PAUSE, ...argv], before);
  const session = new RecordedSession(workload.pid);
  try {
    await session.start();
    workload.go();
    await meanwhile(session);
    const [truth] = await workload.events('result', 1);
    await later(600);
    await session.stop();
    if (truth === undefined) throw new Error('no result');
    return { session, truth };
  } finally {
    await workload.end();
  }
}

/** All faults are of one file, by the inode given, and every single one is of a page that was touched. */
function expectOneFile({ session, truth }: Watched, inode: number, first = 0): void {
  expect(truth.fileMajflt).toBe(TOUCHES);
  const byFile = [...faultsByFile(session.records)];
  expect(byFile.map(([key, count]) => [key.split(' ')[1], count])).toEqual([[String(inode), TOUCHES]]);
  const singles = session.ofKind('fault');
  expect(singles.length).toBeGreaterThan(20);
  for (const { page, address } of singles) {
    const steps = (address - BigInt(numberOf(truth, 'address'))) / 4096n;
    expect(page).toMatchObject({ inode: BigInt(inode), index: BigInt(first) + steps });
  }
}

test('a file deleted behind its mapping keeps the name that it had, and its size', async () => {
  const path = join(directory, 'deleted');
  const watched = await watch(['--file', path, '--delete']);
  const inode = numberOf(watched.truth, 'inode');
  expectOneFile(watched, inode);
  expect(existsSync(path)).toBe(false);
  const sizeBytes = BigInt(TOUCHES * 8 * 4096);
  expect(watched.session.nameOf(BigInt(inode))).toMatchObject({ path, deleted: true, sizeBytes });
  const residency = watched.session.ofKind('residency').at(-1);
  expect(residency).toMatchObject({ inode: BigInt(inode), sizeBytes });
  // MADV_RANDOM: what is in memory of it is what was touched, and nobody else knows the file.
  expect(residency?.residentBytes).toBeGreaterThan(0n);
  expect(residency?.residentBytes).toBeLessThanOrEqual(BigInt(TOUCHES * 4096));
});

test('a file that is renamed meanwhile is called by its new name', async () => {
  const [path, renamed] = [join(directory, 'old name'), join(directory, 'new name')];
  const watched = await watch(['--file', path, '--pause', '0.06'], {
    meanwhile: async (session) => {
      await until('the old name', () => session.ofKind('file').some((record) => record.path === path));
      renameSync(path, renamed);
    },
  });
  expect(watched.session.ofKind('file').at(-1)).toMatchObject({ path: renamed, deleted: false });
});

test('pages beyond 4 TiB of a sparse file are told to the last bit', async () => {
  const first = 3_000_000_007;
  const path = join(directory, 'sparse');
  const watched = await watch(['--file', path, '--first', String(first)]);
  expect(first * 4096).toBeGreaterThan(2 ** 43);
  expectOneFile(watched, statSync(path).ino, first);
  const { session } = watched;
  expect(session.nameOf(BigInt(statSync(path).ino))?.sizeBytes).toBe(BigInt(first + TOUCHES * 8) * 4096n);
  // Asking how much of it is in memory could take long, and is left alone.
  expect(session.ofKind('residency')).toEqual([]);
  expect(session.ofKind('residency-gap').length).toBe(1);
  const mapping = session.ofKind('mapping').find((record) => record.path === path);
  expect(mapping?.offset).toBe(BigInt(first) * 4096n);
});

/** A file system of its own in a mount namespace of its own: `mount` makes it in the shell of that namespace. */
function inNamespace(script: string): string[] {
  return ['unshare', '--mount', '--propagation', 'private', '/bin/sh', '-c', `${script}; exec "$@"`, 'sh'];
}

/** An ext4 of 64 MiB in a file, to be mounted with -o loop. */
function makeExt4(name: string): string {
  const image = join(directory, name);
  writeFileSync(image, '');
  execFileSync('truncate', ['-s', '64M', image]);
  execFileSync('mkfs.ext4', ['-q', image]);
  return image;
}

test('a file on a mount that only the target sees is named as it sees it', async () => {
  const mount = join(directory, 'private');
  mkdirSync(mount);
  const path = join(mount, 'data');
  const before = inNamespace(`mount -o loop ${makeExt4('private.img')} ${mount}`);
  const watched = await watch(['--file', path], { before });
  expectOneFile(watched, numberOf(watched.truth, 'inode'));
  const name = watched.session.ofKind('file').at(-1);
  expect(name).toMatchObject({ path, deleted: false, sizeBytes: BigInt(TOUCHES * 8 * 4096) });
  expect(existsSync(path)).toBe(false);
  expect(watched.session.ofKind('residency').length).toBeGreaterThan(0);
});

test('on overlayfs, where maps shows an inode of its own, a file of the layer below is found by its path', async () => {
  const parts = ['lower', 'upper', 'work', 'merged', 'layers'].map((name) => join(directory, `overlay-${name}`));
  const [lower = '', upper = '', work = '', merged = '', layers = ''] = parts;
  for (const part of parts) mkdirSync(part);
  const below = join(lower, 'data');
  // Layers on two file systems: then the overlay gives inodes of its own.
  execFileSync('dd', ['if=/dev/urandom', `of=${below}`, 'bs=1M', 'count=4', 'conv=fsync', 'status=none']);
  const options = `lowerdir=${lower},upperdir=${layers}/upper,workdir=${layers}/work`;
  const before = inNamespace(
    `mount -o loop ${makeExt4('layers.img')} ${layers} && mkdir ${layers}/upper ${layers}/work && ` +
      `mount -t overlay overlay -o ${options} ${merged}`,
  );
  rmSync(upper, { recursive: true });
  rmSync(work, { recursive: true });
  const path = join(merged, 'data');
  const watched = await watch(['--file', path, '--existing'], { before });
  const inode = statSync(below).ino;
  expectOneFile(watched, inode);
  expect(watched.session.nameOf(BigInt(inode))).toMatchObject({ path, sizeBytes: 4n << 20n });
  const mapping = watched.session.ofKind('mapping').find((record) => record.path === path);
  expect(mapping?.device).not.toBe(watched.session.nameOf(BigInt(inode))?.device);
});

const WITHOUT_BTRFS =
  !/\tbtrfs$/m.test(readFileSync('/proc/filesystems', 'utf8')) ||
  findProgram('mkfs.btrfs', searchPath(process.env.PATH, '/sbin')) === null;

test.skipIf(WITHOUT_BTRFS)(
  'on btrfs, whose devices stat(2) calls otherwise, a file is found (skipped without btrfs or mkfs.btrfs)',
  async () => {
    const image = join(directory, 'btrfs.img');
    writeFileSync(image, '');
    execFileSync('truncate', ['-s', '256M', image]);
    execFileSync('mkfs.btrfs', ['-q', image]);
    const mount = join(directory, 'btrfs');
    mkdirSync(mount);
    const path = join(mount, 'data');
    const watched = await watch(['--file', path], { before: inNamespace(`mount -o loop ${image} ${mount}`) });
    expectOneFile(watched, numberOf(watched.truth, 'inode'));
    expect(watched.session.ofKind('file').at(-1)).toMatchObject({ path });
  },
);

test('a hundred thousand mappings do not hide the file, and their reading does not either', async () => {
  const setting = '/proc/sys/vm/max_map_count';
  const before = readFileSync(setting, 'utf8');
  writeFileSync(setting, '200000');
  try {
    const path = join(directory, 'one of many');
    // Its mapping is told with a fault that comes after all of them have been read.
    const watched = await watch(['--file', path, '--mappings', '100000', '--pause', '0.03']);
    expectOneFile(watched, statSync(path).ino);
    expect(watched.session.nameOf(BigInt(statSync(path).ino))).toMatchObject({ path });
    expect(watched.session.ofKind('mapping').some((record) => record.path === path)).toBe(true);
  } finally {
    writeFileSync(setting, before);
  }
});
