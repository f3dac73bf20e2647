import { readlinkSync } from 'node:fs';
import { readProcFile } from './proc-file.js';
import { listPids } from './proc-process.js';
import { parseStatus, statusNumber } from './proc-status.js';
import { readVisible } from './system-error.js';

/**
 * The numbers of a process: ours first, then its number in each PID namespace further in, its own last (NSpid of
 * proc_pid_status(5)). Empty where it is gone.
 */
export function pidsOf(procRoot: string, pid: number): readonly number[] {
  return numbersIn(readStatusText(procRoot, pid));
}

/** Its number in its own PID namespace; undefined where that is ours. */
export function pidInNamespace(procRoot: string, pid: number): number | undefined {
  const pids = pidsOf(procRoot, pid);
  return pids.length > 1 ? pids.at(-1) : undefined;
}

/** Which PID namespace a process is in, e.g. "pid:[4026531836]"; null where it is gone, or not for us to see. */
export function pidNamespaceOf(procRoot: string, pid: number | 'self'): string | null {
  return readVisible(() => readlinkSync(`${procRoot}/${pid}/ns/pid`));
}

interface Seen {
  readonly pid: number;
  readonly pids: readonly number[];
  readonly parentPid: number | null;
  readonly namespace: string | null;
}

/**
 * The processes that the PID namespace of process `member` shows: its own and those of namespaces made in it, each by its
 * number in ours with the one it has there. A namespace within is known by its first process, whose parent is outside
 * (pid_namespaces(7)); one whose first process has another parent (CLONE_PARENT from further out) is not found.
 */
export function pidsWithin(procRoot: string, member: number): ReadonlyMap<number, number> {
  const namespace = pidNamespaceOf(procRoot, member);
  const depth = pidsOf(procRoot, member).length - 1;
  if (namespace === null || depth < 0) return new Map();
  const all = listPids(procRoot).map((pid) => look(procRoot, pid));
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const parents = new Map<string | null, string | null>();
  for (const { pids, parentPid, namespace: own } of all) {
    if (pids.at(-1) === 1) parents.set(own, byPid.get(parentPid ?? 0)?.namespace ?? null);
  }
  const isWithin = (from: Seen): boolean => {
    let at = from.namespace;
    // As deep as namespaces nest at most (MAX_PID_NS_LEVEL, include/linux/pid_namespace.h).
    for (let level = 0; at !== null && level <= 32; level += 1) {
      if (at === namespace) return true;
      at = parents.get(at) ?? null;
    }
    return false;
  };
  return new Map(
    all.filter(isWithin).flatMap(({ pid, pids }) => pids.slice(depth, depth + 1).map((own) => [pid, own])),
  );
}

function look(procRoot: string, pid: number): Seen {
  const text = readStatusText(procRoot, pid);
  const parentPid = statusNumber(parseStatus(text), 'PPid');
  return { pid, pids: numbersIn(text), parentPid, namespace: pidNamespaceOf(procRoot, pid) };
}

function readStatusText(procRoot: string, pid: number): string {
  return readVisible(() => readProcFile(`${procRoot}/${pid}/status`)) ?? '';
}

function numbersIn(statusText: string): readonly number[] {
  const text = parseStatus(statusText).get('NSpid') ?? '';
  return /^\d+(\s+\d+)*$/.test(text) ? text.split(/\s+/).map(Number) : [];
}
