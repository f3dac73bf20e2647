import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProcessFinder, type Selector } from '../../../src/host/process-finder.js';
import { FakeProc } from './fake-proc.js';

let proc: FakeProc;
beforeEach(() => {
  proc = new FakeProc();
});
afterEach(() => proc.remove());

/** PIDs that are meant, of processes in these cgroups: 10 in the first and so on. */
function found(selector: Selector, cgroups: readonly string[]): readonly number[] {
  for (const [index, cgroup] of cgroups.entries()) {
    proc.process(10 + index, { parentPid: 1 });
    writeFileSync(join(proc.root, `${10 + index}/cgroup`), `0::${cgroup}\n`);
  }
  const finder = new ProcessFinder({ procRoot: proc.root, pid: 1_000_000, euid: 0 });
  finder.scan();
  return finder.matching(selector).map(({ pid }) => pid);
}

const POD = 'kubepods-burstable-pod12_34.slice';

test('a process is told with the cgroup that systemd or a container runtime gave it', () => {
  proc.process(10);
  writeFileSync(join(proc.root, '10/cgroup'), '3:memory:/\n1:name=systemd:/system.slice/db.service\n0::/\n');
  proc.process(11);
  const finder = new ProcessFinder({ procRoot: proc.root, pid: 1_000_000, euid: 0 });
  finder.scan();
  expect(finder.matching({ by: 'pid', pid: 10 })[0]?.cgroup).toBe('/system.slice/db.service');
  expect(finder.matching({ by: 'pid', pid: 11 })[0]?.cgroup).toBe(null);
});

describe('the processes of a pod', () => {
  const SEEN = [
    `/kubepods.slice/kubepods-burstable.slice/${POD}/cri-containerd-1.scope`,
    // As they look from the cgroup namespace of a container.
    `/../../../kubepods-burstable.slice/${POD}/cri-containerd-2.scope`,
    `/../../${POD}/cri-containerd-3.scope`,
    '/../../kubepods-burstable-pod56.slice/cri-containerd-4.scope',
    `/kubepods.slice/not-${POD}/cri-containerd-5.scope`,
  ];

  test('are found by the path from the root where all of it is seen', () => {
    expect(found({ by: 'cgroup', path: '/kubepods*/*/*pod12_34*' }, SEEN)).toEqual([10]);
    expect(found({ by: 'cgroup', path: '/kubepods.slice' }, SEEN)).toEqual([10, 14]);
  });

  test('are found from a container too, by a path that may begin anywhere', () => {
    expect(found({ by: 'cgroup', path: 'kubepods-*pod12_34.slice' }, SEEN)).toEqual([10, 11, 12]);
    expect(found({ by: 'unit', unit: 'kubepods-*pod12_34.slice' }, SEEN)).toEqual([10, 11, 12]);
  });
});
