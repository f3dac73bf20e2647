import { readFileSync } from 'node:fs';
import { readProcFile } from '../proc-file.js';
import { readVisible } from '../system-error.js';

/** Where to look; tests give files of their own. */
export interface QuotaRoots {
  readonly procRoot: string;
  /** What stands before every mount point. */
  readonly mountRoot: string;
}

const THIS_HOST: QuotaRoots = { procRoot: '/proc', mountRoot: '' };

/**
 * How many CPUs the cgroup of a process may use on average, quota / period, of its own cgroup only as Go does it
 * (internal/runtime/cgroup: a v1 hierarchy with the controller cpu goes before v2). Null without a limit, and where that
 * cannot be read.
 */
export function cpuQuota(pid: number, roots: QuotaRoots = THIS_HOST): number | null {
  const group = cpuGroup(readText(`${roots.procRoot}/${pid}/cgroup`));
  if (group === null) return null;
  const mount = cpuMount(readText(`${roots.procRoot}/self/mountinfo`), group.version);
  if (mount === null) return null;
  const directory = `${roots.mountRoot}${mount}${group.path}`;
  const text =
    group.version === 2
      ? readText(`${directory}/cpu.max`)
      : `${readText(`${directory}/cpu.cfs_quota_us`).trim()} ${readText(`${directory}/cpu.cfs_period_us`)}`;
  const [, quota, period] = /^(\d+) (\d+)\s*$/.exec(text) ?? [];
  return quota === undefined || Number(period) === 0 ? null : Number(quota) / Number(period);
}

/** Out of /proc/PID/cgroup: lines of hierarchy:controllers:path, where path is as we see it (cgroups(7)). */
function cpuGroup(text: string): { readonly version: 1 | 2; readonly path: string } | null {
  const groups = text.split('\n').flatMap((line) => {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ isV2: hierarchy === '0', controllers: controllers?.split(',') ?? [], path }];
  });
  const v1 = groups.find(({ isV2, controllers }) => !isV2 && controllers.includes('cpu'));
  if (v1 !== undefined) return { version: 1, path: v1.path };
  const v2 = groups.find(({ isV2 }) => isV2);
  return v2 === undefined ? null : { version: 2, path: v2.path };
}

/** Mount point of the hierarchy whole (proc_pid_mountinfo(5)): fields 4 root, 5 mount point, after " - " type and options. */
function cpuMount(text: string, version: 1 | 2): string | null {
  for (const line of text.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, point] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    const fits = version === 2 ? type === 'cgroup2' : type === 'cgroup' && options.split(',').includes('cpu');
    if (fits && root === '/' && point !== undefined) return unescapeMount(point);
  }
  return null;
}

/** Blanks, tabs, newlines and backslashes come as three octal digits (show_path() in fs/proc_namespace.c). */
function unescapeMount(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** Empty where it is not there or not for us. */
function readText(path: string): string {
  const read = () => (path.startsWith('/proc/') ? readProcFile(path) : readFileSync(path, 'latin1'));
  return readVisible(read) ?? '';
}
