import { ExitCode, FaultscopeError } from '../errors.js';
import type { TargetFacts } from '../record/record.js';
import { safeText } from '../text/safe.js';
import { inInitialNamespace } from './namespace.js';
import { type Observer, thisProcess } from './observer.js';
import { pidInNamespace } from './pid-namespace.js';
import { fromBytes, readProcFile } from './proc-file.js';
import { readExecutable } from './proc-process.js';
import { hasEnded, isKernelThread, parseStat, type StatLine } from './proc-stat.js';
import { parseStatus, statusNumber } from './proc-status.js';

/**
 * The facts of the process with this PID, where it can be traced. Throws FaultscopeError: exit 4 where there is no such
 * process or it has no page faults to show, exit 3 without root or where PIDs do not mean what they say.
 */
export function resolvePid(pid: number, observer: Observer = thisProcess()): TargetFacts {
  requireInitialNamespace(observer);
  if (pid === observer.pid) throw refused(`${pid} is faultscope itself`, 'choose another process');
  const stat = readLeader(pid, observer);
  const comm = fromBytes(stat.commBytes);
  const called = `process ${pid} (${safeText(comm)})`;
  if (hasEnded(stat)) throw refused(`${called} has already ended`, `its parent ${stat.parentPid} has not collected it`);
  if (isKernelThread(stat)) {
    throw refused(
      `${called} is a kernel thread`,
      'it has no user memory and so no page faults; choose another process',
    );
  }
  requireRoot(observer, `tracing ${called}`);
  const own = pidInNamespace(observer.procRoot, pid);
  return {
    pid,
    comm,
    exe: readExecutable(observer.procRoot, pid),
    launched: false,
    ...(own === undefined ? {} : { pidInNamespace: own }),
  };
}

/** Throws FaultscopeError (exit 3) for anybody else. */
export function requireRoot({ euid }: Observer, what: string): void {
  if (euid === 0) return;
  throw new FaultscopeError({
    exitCode: ExitCode.host,
    message: `${what} needs root`,
    hint: 'run it with sudo',
  });
}

/**
 * Kernel events carry the PIDs of the initial namespace; inside a container ours are others, and we would trace a
 * stranger or nobody.
 */
export function requireInitialNamespace(observer: Observer): void {
  if (inInitialNamespace('pid', observer.procRoot) !== false) return;
  throw new FaultscopeError({
    exitCode: ExitCode.host,
    message: 'faultscope runs in a PID namespace of its own, where PIDs are not those the kernel reports',
    hint: "run it on the host, or in a container that shares the host's PIDs (docker run --pid=host)",
  });
}

function readLeader(pid: number, observer: Observer): StatLine {
  const status = readProcFile(`${observer.procRoot}/${pid}/status`);
  const text = readProcFile(`${observer.procRoot}/${pid}/stat`);
  const stat = text === null ? null : parseStat(text);
  if (status === null || stat === null) {
    throw refused(`no process ${pid}`, 'faultscope without --pid lists what is running');
  }
  const leader = statusNumber(parseStatus(status), 'Tgid');
  if (leader !== null && leader !== pid) {
    throw refused(`${pid} is a thread of process ${leader}`, `trace the process: --pid ${leader}`);
  }
  return stat;
}

/** No such target (exit 4). */
export function refused(message: string, hint: string): FaultscopeError {
  return new FaultscopeError({ exitCode: ExitCode.target, message, hint });
}
