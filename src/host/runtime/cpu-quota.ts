import { readFileSync } from 'node:fs';
import { cgroupPlace } from '../cgroup-place.js';
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
  const cgroups = readText(`${roots.procRoot}/${pid}/cgroup`);
  const place = cgroupPlace('cpu', cgroups, readText(`${roots.procRoot}/self/mountinfo`));
  if (place === null) return null;
  const directory = `${roots.mountRoot}${place.mountPoint}${place.below}`;
  const text =
    place.version === 2
      ? readText(`${directory}/cpu.max`)
      : `${readText(`${directory}/cpu.cfs_quota_us`).trim()} ${readText(`${directory}/cpu.cfs_period_us`)}`;
  const [, quota, period] = /^(\d+) (\d+)\s*$/.exec(text) ?? [];
  return quota === undefined || Number(period) === 0 ? null : Number(quota) / Number(period);
}

/** Empty where it is not there or not for us. */
function readText(path: string): string {
  const read = () => (path.startsWith('/proc/') ? readProcFile(path) : readFileSync(path, 'latin1'));
  return readVisible(read) ?? '';
}
