import { ExitCode, FaultscopeError } from '../errors.js';
import type { TargetFacts } from '../record/record.js';
import { safeText } from '../text/safe.js';
import type { Observer } from './observer.js';
import { pidNamespaceOf, pidsWithin } from './pid-namespace.js';
import { fromBytes } from './proc-file.js';
import { readProcessStat } from './proc-process.js';
import { refused, requireInitialNamespace, requireRoot, resolvePid } from './target.js';

/** As many of its processes as an error line names. */
const NAMED = 10;

/**
 * The processes of the container that process `member` (a PID of ours) is in, by their PID here with the one inside. Throws
 * FaultscopeError: exit 4 where there is no such process, 2 where it is in no container, 3 without root.
 */
export function processesOfContainer(member: number, observer: Observer): ReadonlyMap<number, number> {
  requireInitialNamespace(observer);
  requireRoot(observer, `looking into the container of process ${member}`);
  const namespace = pidNamespaceOf(observer.procRoot, member);
  if (namespace === null) {
    throw refused(`no process ${member}, which --in names`, "give the host's PID of any process of the container");
  }
  if (namespace === pidNamespaceOf(observer.procRoot, 'self')) {
    throw new FaultscopeError({
      exitCode: ExitCode.usage,
      message: `process ${member}${nameOf(member, observer)} is in the host's own PID namespace, in no container`,
      hint: 'leave --in out: its PID is the one that everybody sees',
    });
  }
  return pidsWithin(observer.procRoot, member);
}

/** The process that has this PID inside the container of process `member`. Throws FaultscopeError, also as {@link resolvePid} does. */
export function resolvePidInContainer(pid: number, member: number, observer: Observer): TargetFacts {
  const inside = processesOfContainer(member, observer);
  const [found] = [...inside].find(([, own]) => own === pid) ?? [];
  if (found !== undefined) return resolvePid(found, observer);
  const all = [...inside].sort(([, a], [, b]) => a - b);
  const named = all.slice(0, NAMED).map(([host, own]) => `${own}${nameOf(host, observer)}`);
  const more = all.length > NAMED ? `; and ${all.length - NAMED} more` : '';
  throw refused(
    `no process ${pid} in the PID namespace of process ${member}${nameOf(member, observer)}`,
    `its processes there: ${named.join('; ')}${more}`,
  );
}

/** " (sh)", or nothing where it has gone. */
function nameOf(pid: number, { procRoot }: Observer): string {
  const stat = readProcessStat(procRoot, pid);
  return stat === null ? '' : ` (${safeText(fromBytes(stat.commBytes))})`;
}
