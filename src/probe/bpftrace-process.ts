import type { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import split2 from 'split2';
import { CLEAN_ENVIRONMENT } from '../host/child-environment.js';
import { kernelTypesPath } from '../host/kernel-btf.js';
import { StderrReader } from './stderr.js';

/** What to run. `script` goes through stdin, so that PATH may be a wrapper that enters another root. */
export interface BpftraceCommand {
  readonly path: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Entries a map may have. */
  readonly mapKeys: number;
  readonly cpus: number;
}

export interface BpftraceEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why, as far as stderr tells: an outside string. */
  readonly reason: string | null;
}

/** One running bpftrace. */
export interface BpftraceProcess {
  /** Of bpftrace, or of a wrapper around it; null where it could not be started. */
  readonly pid: number | null;
  /** Resolves when it is gone and its last line has been delivered; never rejects. */
  readonly ended: Promise<BpftraceEnd>;
  /** Asks it to print its maps and end; kills it at the deadline. Resolves as `ended` does. */
  stop(): Promise<BpftraceEnd>;
}

/** Our scripts print no line over 300 characters; a longer one is dropped (the typings do not know skipOverflow). */
const SPLIT = { maxLength: 16_384, skipOverflow: true };
/** A bpftrace that does not end within this after SIGINT is killed: a dump of a million cells takes about 3 s. */
const STOP_DEADLINE_MS = 10_000;
/** Once it is gone its pipe is empty soon. A child of a wrapper that still holds it is not waited for. */
const LEFT_OPEN_MS = 1000;

/**
 * Starts bpftrace and hands each line of its stdout to `onLine`. No warnings: 0.23 prints four lines for every update of
 * a map that is full, which drowns what the script prints.
 */
export function startBpftrace(command: BpftraceCommand, onLine: (line: string) => void): BpftraceProcess {
  const [file, args] = withDeathSignal(command.path, ['--no-warnings', '-', ...command.args]);
  const child = execa(file, args, {
    buffer: false,
    reject: false,
    input: command.script,
    // Its own session: Ctrl-C in our terminal is ours to pass on, after which it prints its maps.
    detached: true,
    cleanup: false,
    ...CLEAN_ENVIRONMENT,
    env: { ...CLEAN_ENVIRONMENT.env, ...settings(command) },
  });
  const stderr = new StderrReader();
  // Handed over in the mapper: an event a line would cost more than the decoding.
  let told = 0;
  const take = (line: string): void => {
    told += 1;
    onLine(line);
  };
  const lines = child.stdout.pipe(split2(take, SPLIT)).resume();
  child.stderr.pipe(split2(SPLIT)).on('data', (line: string) => stderr.line(line));
  const drained = new Promise<void>((resolve) => lines.once('end', resolve).once('close', resolve));
  const leaving = onceGoneAndSilent(
    child,
    () => told,
    () => {
      killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
      lines.end();
    },
  );
  const ended = Promise.all([child, drained]).then(([result]) => {
    leaving.cancel();
    const isUnstarted = result.exitCode === undefined && !result.signal;
    const reason = stderr.reason ?? (isUnstarted ? (result.shortMessage ?? null) : null);
    return { code: result.exitCode ?? null, signal: result.signal ?? null, reason };
  });
  const stop = async (): Promise<BpftraceEnd> => {
    child.kill('SIGINT');
    const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    const end = await ended;
    clearTimeout(deadline);
    return end;
  };
  return { pid: child.pid ?? null, ended, stop };
}

/**
 * Calls `then` when the child has gone and nothing came meanwhile. Asked twice: where we were stopped ourselves, a deadline
 * passes before what has gathered is read.
 */
function onceGoneAndSilent(child: EventEmitter, told: () => number, then: () => void): { readonly cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const ask = (before: number | null): void => {
    if (told() === before) then();
    else timer = setTimeout(ask, LEFT_OPEN_MS, told());
  };
  child.once('exit', () => {
    timer = setTimeout(ask, LEFT_OPEN_MS, null);
  });
  return { cancel: () => clearTimeout(timer) };
}

/** What a wrapper has left behind; there may be nobody. */
function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // All have gone, or have sessions of their own.
  }
}

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/**
 * However we die, bpftrace must not stay: setpriv(1) of util-linux has the kernel kill it with us (PR_SET_PDEATHSIG).
 * Without setpriv the broken pipe ends it at its next line, at most a dump later.
 */
function withDeathSignal(path: string, args: string[]): [string, string[]] {
  return SETPRIV === undefined ? [path, args] : [SETPRIV, ['--pdeathsig', 'KILL', path, ...args]];
}

function settings({ mapKeys, cpus }: BpftraceCommand): NodeJS.ProcessEnv {
  return {
    BPFTRACE_MAP_KEYS_MAX: String(mapKeys),
    // The same since 0.18.
    BPFTRACE_MAX_MAP_KEYS: String(mapKeys),
    // What 0.17 cannot leave away of a stack it shall not look for in files that are the target's.
    BPFTRACE_NO_USER_SYMBOLS: '1',
    // Found out by itself, 0.17 asks the kernel for all BTF there is, which takes CAP_SYS_ADMIN; to read this file takes nothing.
    BPFTRACE_BTF: kernelTypesPath(process.env),
    // The ring for printed records, per CPU: 1 MiB, less on hosts with many CPUs.
    BPFTRACE_PERF_RB_PAGES: cpus > 16 ? '64' : '256',
  };
}
