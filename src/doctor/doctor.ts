import { ExitCode, FaultscopeError } from '../errors.js';
import type { Check, DoctorHost } from './check.js';
import {
  checkArchitecture,
  checkBtf,
  checkKernel,
  checkLockdown,
  checkLockedMemory,
  checkPerfEvents,
  checkSchedInfo,
} from './kernel-checks.js';
import { checkHelpfulCapabilities, checkPidNamespace, checkRoot } from './privilege-checks.js';
import { checkBpftrace, checkFincore, checkNode, checkUtilLinux } from './tool-checks.js';
import { checkEvents, checkTracefs } from './tracing-checks.js';
import { tryTracing } from './trial.js';

/** Everything the doctor found. */
export interface Diagnosis {
  /** What others build on first. */
  readonly checks: readonly Check[];
  /** Nothing stops the main job. */
  readonly canRun: boolean;
}

/** Looks at everything the program needs, then traces for a moment where nothing speaks against it. Needs no root. */
export async function runDoctor(host: DoctorHost): Promise<Diagnosis> {
  const { check: bpftraceCheck, bpftrace } = await checkBpftrace(host);
  const checks = [
    checkRoot(host),
    ...checkHelpfulCapabilities(host),
    checkPidNamespace(host),
    checkKernel(host),
    checkArchitecture(host),
    checkLockdown(host),
    checkBtf(host),
    checkPerfEvents(host),
    checkSchedInfo(host),
    checkLockedMemory(host),
    checkTracefs(host),
    ...checkEvents(host),
    checkNode(host),
    checkUtilLinux(host),
    checkFincore(host),
    bpftraceCheck,
  ];
  if (bpftrace !== null && firstObstacle(checks) === null) checks.push(await tryTracing(bpftrace.path));
  return { checks, canRun: firstObstacle(checks) === null };
}

/**
 * What can be known in a millisecond and without a child process, before bpftrace is started. Throws FaultscopeError
 * (exit 3).
 */
export function preflight(host: DoctorHost): void {
  const looks = [checkRoot, checkPidNamespace, checkLockdown, checkBtf, checkPerfEvents, checkSchedInfo, checkTracefs];
  const obstacle = firstObstacle(looks.map((look) => look(host)));
  if (obstacle !== null) throw obstacle;
}

/** The first thing that stops the main job, as the error to end with; null where there is none. */
export function firstObstacle(checks: readonly Check[]): FaultscopeError | null {
  const found = checks.find(({ status }) => status === 'missing');
  if (found === undefined) return null;
  return new FaultscopeError({
    exitCode: ExitCode.host,
    message: `this host cannot trace (${found.name}): ${found.detail}`,
    hint: found.mend === undefined ? 'run: faultscope doctor' : `${found.mend} (more: faultscope doctor)`,
  });
}
