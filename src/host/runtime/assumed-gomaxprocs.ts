import { readFileSync } from 'node:fs';
import { minorVersion } from '../go/version.js';
import { readProcFile } from '../proc-file.js';
import { parseStatus } from '../proc-status.js';
import { readVisible } from '../system-error.js';
import { cpuQuota } from './cpu-quota.js';

/** A capacity, and where it is from, in words for the user. */
export interface Capacity {
  readonly value: number;
  readonly source: string;
}

/**
 * The GOMAXPROCS that a Go program begins with, told from outside, as schedinit() in runtime/proc.go does it: the
 * environment, else the CPUs of its affinity, from Go 1.25 on at most its cgroup's quota, rounded up and no less than 2
 * (adjustCgroupGOMAXPROCS() in runtime/cgroup_linux.go). A program may have set another one since. Null where the
 * process is gone or may not be looked at.
 */
export function assumedGomaxprocs(pid: number, goVersion: string): Capacity | null {
  const environment = readEnvironment(pid);
  const asked = environment.get('GOMAXPROCS') ?? '';
  // atoi32(): digits, perhaps a sign; anything else, and what does not fit, is as if it were not there.
  if (/^\+?\d+$/.test(asked) && Number(asked) > 0 && Number(asked) < 2 ** 31) {
    return { value: Number(asked), source: 'GOMAXPROCS in its environment' };
  }
  const cpus = allowedCpus(pid);
  if (cpus === null) return null;
  const quota = (minorVersion(goVersion) ?? 0) >= 25 && minds(environment) ? cpuQuota(pid) : null;
  const fromQuota = quota === null ? Number.POSITIVE_INFINITY : Math.max(2, Math.ceil(quota));
  return fromQuota < cpus
    ? { value: fromQuota, source: 'assumed from the CPU quota of its cgroup' }
    : { value: cpus, source: 'assumed from the CPUs it may run on' };
}

/** GODEBUG=containermaxprocs=0 turns the quota off. */
function minds(environment: ReadonlyMap<string, string>): boolean {
  return !(environment.get('GODEBUG') ?? '').split(',').includes('containermaxprocs=0');
}

/** What /proc/PID/environ held at the start of the program; the first of several of one name counts, as in Go. */
function readEnvironment(pid: number): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const entry of readAll(`/proc/${pid}/environ`).split('\0')) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, equals);
    if (equals > 0 && !variables.has(name)) variables.set(name, entry.slice(equals + 1));
  }
  return variables;
}

/** Whole, which may be megabytes; empty where it is not for us. */
function readAll(path: string): string {
  return readVisible(() => readFileSync(path, 'latin1')) ?? '';
}

/** CPUs of sched_getaffinity(2): bits of the mask Cpus_allowed in /proc/PID/status. */
function allowedCpus(pid: number): number | null {
  const mask = parseStatus(readProcFile(`/proc/${pid}/status`) ?? '').get('Cpus_allowed');
  if (mask === undefined || !/^[0-9a-f,]+$/.test(mask)) return null;
  const bits = BigInt(`0x${mask.replaceAll(',', '')}`)
    .toString(2)
    .replaceAll('0', '').length;
  return bits === 0 ? null : bits;
}
