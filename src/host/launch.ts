import { setTimeout as later } from 'node:timers/promises';
import { execa } from 'execa';
import { ExitCode, FaultscopeError } from '../errors.js';
import { safeText } from '../text/safe.js';
import { commandEnvironment } from './command-environment.js';
import { findProgram } from './find-program.js';
import { type Gate, openGate } from './launch-gate.js';
import { readArguments, readProcessStat } from './proc-process.js';

/** How a command ended: one of the two is null, both where it could not be told. */
export interface CommandExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A command that has its PID already and waits to be executed. */
export interface Launch {
  readonly pid: number;
  /** Lets the command begin; resolves once it runs in place of the waiting stage, or has ended. */
  release(): Promise<void>;
  readonly exited: Promise<CommandExit>;
  /** Ends the command, SIGTERM by default, and before {@link release} leaves nothing behind. */
  kill(signal?: NodeJS.Signals): void;
}

export interface LaunchOptions {
  /**
   * Where the command's input and output go; a full-screen view keeps the terminal to itself and passes 'ignore', and
   * 'stdout-to-stderr' keeps our stdout for what we print ourselves.
   */
  readonly stdio?: 'inherit' | 'ignore' | 'stdout-to-stderr';
  readonly env?: NodeJS.ProcessEnv;
}

const RELEASE_DEADLINE_MS = 10_000;
const POLL_MS = 2;

/**
 * Starts a command so that it can be traced from its first instruction, without a shell: util-linux flock(1) waits for a
 * lock that we hold and then executes the command in its place, same PID. Throws FaultscopeError: exit 2 without a
 * command, 4 where it cannot be executed, 3 where util-linux is missing.
 *
 * Until the release, the death of faultscope is the death of the waiting stage (PR_SET_PDEATHSIG); after it, the command
 * lives on without us, as a program does that `perf record` began: the signal is cleared before it is executed.
 * The command inherits one descriptor more than it would have (number 3, an empty deleted file, read-only): flock cannot
 * execute in place and close it.
 */
export async function prepareLaunch(argv: readonly string[], options: LaunchOptions = {}): Promise<Launch> {
  const { stdio = 'inherit', env = process.env } = options;
  const path = env.PATH ?? '/usr/bin:/bin';
  requireExecutable(argv, path);
  const gate = await openGate(path);
  const child = execa(gate.program, [...gate.before, ...argv], {
    stdio: stdio === 'stdout-to-stderr' ? ['inherit', process.stderr, 'inherit'] : stdio,
    env: commandEnvironment(env),
    extendEnv: false,
    reject: false,
    // A signal to the command is for the caller to send; ours are handled by whoever owns the session.
    cleanup: false,
    forceKillAfterDelay: false,
  });
  const { pid } = child;
  if (pid === undefined) {
    await gate.abandon();
    throw new FaultscopeError({ exitCode: ExitCode.host, message: `could not start ${gate.program}` });
  }
  const exited = child.then(async (result) => {
    await gate.abandon();
    return { code: result.exitCode ?? null, signal: result.signal ?? null };
  });
  return {
    pid,
    release: () => release(pid, gate, exited),
    exited,
    kill: (signal = 'SIGTERM') => void child.kill(signal),
  };
}

async function release(pid: number, gate: Gate, exited: Promise<CommandExit>): Promise<void> {
  await gate.open();
  await hasBegun(pid, gate, exited);
  await gate.abandon();
}

async function hasBegun(pid: number, gate: Gate, exited: Promise<CommandExit>): Promise<void> {
  const hasExited = exited.then(() => true);
  const deadlineMs = performance.now() + RELEASE_DEADLINE_MS;
  while (isStillWaiting(pid, gate)) {
    if (await Promise.race([hasExited, later(POLL_MS, false)])) return;
    if (performance.now() > deadlineMs) {
      throw new FaultscopeError({
        exitCode: ExitCode.failed,
        message: `the command did not begin within ${RELEASE_DEADLINE_MS / 1000} s of its release`,
      });
    }
  }
}

/** Every stage before the command has the gate's private directory among its arguments; the command cannot know it. */
function isStillWaiting(pid: number, gate: Gate): boolean {
  const argv = readArguments('/proc', pid);
  // Between two programs execve(2) leaves the arguments empty for a moment; so does a zombie, for good.
  if (argv.length === 0) return readProcessStat('/proc', pid)?.state !== 'Z';
  return argv.some((argument) => argument.startsWith(gate.directory));
}

function requireExecutable(argv: readonly string[], path: string): void {
  const [command] = argv;
  if (command === undefined || command === '') {
    throw new FaultscopeError({
      exitCode: ExitCode.usage,
      message: 'no command to launch',
      hint: 'name it after --, as in: faultscope -- CMD ARGS',
    });
  }
  if (findProgram(command, path) !== null) return;
  throw new FaultscopeError({
    exitCode: ExitCode.target,
    message: `cannot launch ${safeText(command)}: ${command.includes('/') ? 'no such executable file' : 'not found in PATH'}`,
    hint: 'sudo may search fewer directories than you do; give the full path',
  });
}
