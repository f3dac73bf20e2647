import { type Observer, thisProcess } from './observer.js';
import { fromBytes, readProcFile } from './proc-file.js';
import { listPids, readProcessStat } from './proc-process.js';
import { hasEnded, isKernelThread, type StatLine } from './proc-stat.js';
import { processNames } from './target-name.js';

/** Which processes are meant: all that match. */
export type Selector =
  | { readonly by: 'pid'; readonly pid: number }
  /** As in {@link processNames}. */
  | { readonly by: 'name'; readonly name: string }
  /**
   * Path of a cgroup as in /proc/PID/cgroup; `*` stands for anything but `/`. Those below it match too. Without a `/` at its
   * begin it may begin anywhere: seen from a cgroup namespace other than the host's, paths begin with `/..`.
   */
  | { readonly by: 'cgroup'; readonly path: string }
  /** Of systemd, "postgresql.service"; `*` as above. */
  | { readonly by: 'unit'; readonly unit: string };

/** A process as one scan saw it. Two are the same process where pid and startTicks are. */
export interface FoundProcess {
  readonly pid: number;
  readonly startTicks: number;
  /** Since it began. */
  readonly majorFaults: number;
  /** Path of its cgroup (an outside string): of several hierarchies the last that has another than those before, systemd's. */
  readonly cgroup: string | null;
}

interface Known {
  readonly startTicks: number;
  readonly names: readonly string[];
  readonly cgroups: readonly string[];
  /** Scans for which names and cgroups are still believed. */
  fresh: number;
}

/** A process may exec, rename itself or be moved to another cgroup; young ones do, others are looked at anew now and then. */
const BELIEVED_SCANS = 15;
const YOUNG_SCANS = 3;

/**
 * Finds processes in /proc, again and again: a scan reads one file of each process that it knows already. Never finds
 * faultscope itself, nor what it started.
 */
export class ProcessFinder {
  readonly #observer: Observer;
  #known = new Map<number, Known>();
  #found: readonly (Omit<FoundProcess, 'cgroup'> & Pick<Known, 'names' | 'cgroups'>)[] = [];

  constructor(observer: Observer = thisProcess()) {
    this.#observer = observer;
  }

  /** Reads /proc. */
  scan(): void {
    const { procRoot, pid: own } = this.#observer;
    const stats = new Map<number, StatLine>();
    for (const pid of listPids(procRoot)) {
      const stat = readProcessStat(procRoot, pid);
      if (stat !== null && !hasEnded(stat) && !isKernelThread(stat)) stats.set(pid, stat);
    }
    const known = new Map<number, Known>();
    for (const [pid, stat] of stats) if (!isOurs(pid, own, stats)) known.set(pid, this.#look(pid, stat));
    this.#known = known;
    this.#found = Array.from(known, ([pid, { startTicks, names, cgroups }]) => {
      return { pid, startTicks, names, cgroups, majorFaults: stats.get(pid)?.majorFaults ?? 0 };
    });
  }

  /** Those of the last scan, most major faults first. */
  matching(selector: Selector): readonly FoundProcess[] {
    const matches = matcherOf(selector);
    return this.#found
      .filter((process) => matches(process))
      .map(({ pid, startTicks, majorFaults, cgroups }) => {
        return { pid, startTicks, majorFaults, cgroup: cgroups.at(-1) ?? null };
      })
      .sort((a, b) => b.majorFaults - a.majorFaults || a.pid - b.pid);
  }

  #look(pid: number, stat: StatLine): Known {
    const known = this.#known.get(pid);
    if (known !== undefined && known.startTicks === stat.startTicks && known.fresh > 0) {
      known.fresh -= 1;
      return known;
    }
    const { procRoot } = this.#observer;
    const isYoung = known?.startTicks !== stat.startTicks;
    return {
      startTicks: stat.startTicks,
      names: processNames(procRoot, pid, stat),
      cgroups: cgroupPaths(fromBytes(readProcFile(`${procRoot}/${pid}/cgroup`) ?? '')),
      fresh: isYoung ? YOUNG_SCANS : BELIEVED_SCANS,
    };
  }
}

/** The paths in /proc/PID/cgroup (cgroups(7)), one a hierarchy. */
function cgroupPaths(text: string): readonly string[] {
  const paths = text.split('\n').map((line) => /^\d+:[^:]*:(\/.*)$/.exec(line)?.[1]);
  return [...new Set(paths.filter((path) => path !== undefined))];
}

/** Of the process itself and its descendants: a bpftrace of ours shares our cgroup. */
function isOurs(pid: number, own: number, stats: ReadonlyMap<number, StatLine>): boolean {
  const passed = new Set<number>();
  for (let at = pid; at > 1 && !passed.has(at); at = stats.get(at)?.parentPid ?? 0) {
    if (at === own) return true;
    passed.add(at);
  }
  return false;
}

type Matcher = (process: { readonly pid: number } & Pick<Known, 'names' | 'cgroups'>) => boolean;

function matcherOf(selector: Selector): Matcher {
  switch (selector.by) {
    case 'pid':
      return ({ pid }) => pid === selector.pid;
    case 'name':
      return ({ names }) => names.includes(selector.name);
    case 'cgroup': {
      const begin = selector.path.startsWith('/') ? '^/?' : '/';
      const pattern = new RegExp(`${begin}${wildcards(selector.path.replace(/^\/|\/$/g, ''))}(/|$)`);
      return ({ cgroups }) => cgroups.some((path) => pattern.test(path));
    }
    case 'unit': {
      const pattern = new RegExp(`/${wildcards(unitName(selector.unit))}(/|$)`);
      return ({ cgroups }) => cgroups.some((path) => pattern.test(path));
    }
  }
}

/** As systemctl(1) has it: a name without a type is a service's. */
function unitName(unit: string): string {
  return /\.(service|scope|slice)$/.test(unit) ? unit : `${unit}.service`;
}

function wildcards(text: string): string {
  return text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '[^/]*');
}
