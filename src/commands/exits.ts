import { ExitCode, FaultscopeError } from '../errors.js';
import { safeText } from '../text/safe.js';

/** What ends a run from outside, and the exit code that says so: 128 + the signal's number, Ctrl-C being a normal end. */
export interface Interruption {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
  readonly exitCode: number;
}

const SIGNALS: readonly Interruption[] = [
  { signal: 'SIGINT', exitCode: ExitCode.done },
  { signal: 'SIGTERM', exitCode: 143 },
  { signal: 'SIGHUP', exitCode: 129 },
];

/** Resolves with the first SIGINT, SIGTERM or SIGHUP; a second one ends the program at once. */
export function interrupted(): Promise<Interruption> {
  return new Promise((resolve) => {
    let pending = false;
    for (const interruption of SIGNALS) {
      process.on(interruption.signal, () => {
        if (pending) process.exit(interruption.exitCode || 130);
        pending = true;
        resolve(interruption);
      });
    }
  });
}

/**
 * However it ends: first the terminal is put in order, then one line on stderr, then out. Children go with us
 * (PR_SET_PDEATHSIG).
 */
export function onCrash(restoreTerminal: () => void): void {
  const crash = (error: unknown): void => {
    restoreTerminal();
    process.exit(report(error));
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  // A reader of our output that goes away (`| head`) is no error of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(ExitCode.done);
      crash(error);
    });
  }
}

/** Prints why it failed as one line and returns the exit code. A defect shows its stack with FAULTSCOPE_DEBUG=1. */
export function report(error: unknown): number {
  if (error instanceof FaultscopeError) {
    for (const line of error.line.split('\n')) process.stderr.write(`faultscope: ${safeText(line)}\n`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`faultscope: internal error: ${safeText(message)} (FAULTSCOPE_DEBUG=1 shows more)\n`);
  if (process.env.FAULTSCOPE_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return ExitCode.failed;
}
