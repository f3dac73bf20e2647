import { realpathSync } from 'node:fs';
import { ExitCode, FaultscopeError } from '../errors.js';
import { processesOfContainer, resolvePidInContainer } from '../host/container.js';
import { findProgram } from '../host/find-program.js';
import { type Launch, type LaunchOptions, prepareLaunch } from '../host/launch.js';
import { thisProcess } from '../host/observer.js';
import { ProcessTable } from '../host/processes.js';
import { resolvePid } from '../host/target.js';
import { resolveName } from '../host/target-name.js';
import type { TargetFacts } from '../record/record.js';
import type { Exits } from './exits.js';
import type { LiveOptions } from './live-options.js';
import { parsePid } from './options.js';

/** What to observe, and the command if we start it ourselves. */
export interface ChosenTarget {
  readonly facts: TargetFacts;
  readonly launch: Launch | null;
}

/** What of our own goes where. */
export interface Output {
  readonly headless: boolean;
  readonly summaryOnStdout: boolean;
}

/** By --pid, --name, a command to launch, or picked on the screen; null where the user picked none. */
export async function chooseTarget(
  options: LiveOptions,
  command: readonly string[],
  { headless, summaryOnStdout }: Output,
  exits: Exits,
): Promise<ChosenTarget | null> {
  const { pid: pids = [], name: names = [] } = options;
  if (pids.length + names.length + Math.min(command.length, 1) > 1) {
    throw new FaultscopeError({
      exitCode: ExitCode.usage,
      message: 'give one of --pid, --name and -- CMD, not several',
      hint: 'faultscope serve observes several',
    });
  }
  const named = namedTarget({ pid: pids[0], name: names[0], member: options.in });
  if (named !== null) return { facts: named, launch: null };
  if (command.length > 0) {
    return launchTarget(command, !headless ? 'ignore' : summaryOnStdout ? 'stdout-to-stderr' : 'inherit');
  }
  if (headless) {
    throw new FaultscopeError({
      exitCode: ExitCode.usage,
      message: 'no target',
      hint: 'give --pid PID, --name NAME or -- CMD ARGS (the picker needs a terminal)',
    });
  }
  const picked = await pick(exits);
  return picked === null ? null : { facts: resolvePid(picked), launch: null };
}

/** As given on the command line. */
interface Named {
  readonly pid: string | undefined;
  readonly name: string | undefined;
  /** --in */
  readonly member: string | undefined;
}

/** By --pid or --name, with --in those of a container; null where it is named otherwise. */
function namedTarget(named: Named): TargetFacts | null {
  const pid = named.pid === undefined ? null : parsePid('--pid', named.pid);
  const member = named.member === undefined ? null : parsePid('--in', named.member);
  const observer = thisProcess();
  if (pid !== null) return member === null ? resolvePid(pid) : resolvePidInContainer(pid, member, observer);
  if (named.name !== undefined) {
    const among = member === null ? null : processesOfContainer(member, observer);
    return resolveName(named.name, observer, among);
  }
  if (member === null) return null;
  throw new FaultscopeError({
    exitCode: ExitCode.usage,
    message: '--in says where --pid or --name are looked for, and neither is given',
  });
}

type Stdio = NonNullable<LaunchOptions['stdio']>;

async function launchTarget(command: readonly string[], stdio: Stdio): Promise<ChosenTarget> {
  const launch = await prepareLaunch(command, { stdio });
  const name = command[0]?.split('/').at(-1) ?? '';
  // Until it is released the process is still the one that waits; what it will be is known from the command line.
  const program = findProgram(command[0] ?? '', process.env.PATH ?? '');
  return {
    facts: { pid: launch.pid, comm: name.slice(0, 15), exe: program && realpathSync(program), launched: true },
    launch,
  };
}

async function pick(exits: Exits): Promise<number | null> {
  const { openPicker } = await import('../tui/picker.js');
  const processes = new ProcessTable();
  const leaving = new AbortController();
  exits.onExit(() => leaving.abort());
  exits.interrupted.then(() => leaving.abort());
  exits.watchInput();
  processes.start(1000);
  try {
    return await openPicker({ processes, env: process.env, signal: leaving.signal });
  } finally {
    processes.stop();
  }
}
