import { ExitCode, FaultscopeError } from '../errors.js';
import type { TargetFacts } from '../record/record.js';
import { safeText } from '../text/safe.js';
import { type Observer, thisProcess } from './observer.js';
import { fromBytes } from './proc-file.js';
import { executableName, listPids, readArguments, readExecutable, readProcessStat } from './proc-process.js';
import { hasEnded, isKernelThread, type StatLine } from './proc-stat.js';
import { requireInitialNamespace, resolvePid } from './target.js';

interface Match {
  readonly pid: number;
  readonly comm: string;
  readonly cmdline: string;
}

/** As many matches as an error line names. */
const NAMED = 10;
const CMDLINE_SHOWN = 60;

/**
 * The one process of that name: what it calls itself (comm, 15 bytes), or the file name of its executable or of its
 * first argument, exactly. Faultscope and its parents (sudo, a shell) are never meant. Throws FaultscopeError: exit 4
 * where there is none, exit 2 naming the candidates where there are several, and as {@link resolvePid} does. `among`: only
 * these are meant, by PID.
 */
export function resolveName(
  name: string,
  observer: Observer = thisProcess(),
  among: { has(pid: number): boolean } | null = null,
): TargetFacts {
  requireInitialNamespace(observer);
  const matches = findByName(name, observer).filter(({ pid }) => among === null || among.has(pid));
  const [first, ...others] = matches;
  if (first === undefined) {
    throw new FaultscopeError({
      exitCode: ExitCode.target,
      message: `no process ${among === null ? '' : 'of that container '}is called "${safeText(name)}"`,
      hint: 'the name must match in full; faultscope without --name lists what is running',
    });
  }
  if (others.length > 0) throw ambiguous(name, matches);
  return resolvePid(first.pid, observer);
}

function findByName(name: string, observer: Observer): readonly Match[] {
  const ours = ancestry(observer);
  return listPids(observer.procRoot)
    .filter((pid) => !ours.has(pid))
    .flatMap((pid) => matchOf(pid, name, observer.procRoot) ?? []);
}

function matchOf(pid: number, name: string, procRoot: string): Match | null {
  const stat = readProcessStat(procRoot, pid);
  if (stat === null || hasEnded(stat) || isKernelThread(stat)) return null;
  if (!processNames(procRoot, pid, stat).includes(name)) return null;
  return { pid, comm: fromBytes(stat.commBytes), cmdline: readArguments(procRoot, pid).join(' ') };
}

/** What a process is called: its comm, the file names of its first argument and of its executable; outside strings. */
export function processNames(procRoot: string, pid: number, { commBytes }: StatLine): readonly string[] {
  const [first = ''] = readArguments(procRoot, pid);
  const executable = readExecutable(procRoot, pid) ?? '';
  return [fromBytes(commBytes), executableName(first), executableName(executable)];
}

/** Our own PID and those of our parents, PID 1 left out: it starts everything and may well be meant. */
function ancestry(observer: Observer): ReadonlySet<number> {
  const pids = new Set<number>();
  let pid = observer.pid;
  while (pid > 1 && !pids.has(pid)) {
    pids.add(pid);
    pid = readProcessStat(observer.procRoot, pid)?.parentPid ?? 0;
  }
  return pids;
}

function ambiguous(name: string, matches: readonly Match[]): FaultscopeError {
  const named = matches.slice(0, NAMED).map(describe).join('; ');
  const more = matches.length > NAMED ? `; and ${matches.length - NAMED} more` : '';
  return new FaultscopeError({
    exitCode: ExitCode.usage,
    message: `${matches.length} processes are called "${safeText(name)}"`,
    hint: `choose one with --pid: ${named}${more}`,
  });
}

function describe({ pid, comm, cmdline }: Match): string {
  const safe = safeText(cmdline);
  const shown = safe.length > CMDLINE_SHOWN ? `${safe.slice(0, CMDLINE_SHOWN)}...` : safe;
  return `${pid} ${safeText(comm)} (${shown})`;
}
