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

/**
 * Owns the ways out: signals, crashes, a reader of our output that goes away. Whatever has the terminal says how to give
 * it back; that happens first, then one line on stderr, then the end. Children go with us (PR_SET_PDEATHSIG).
 */
export class Exits {
  /** Resolves with the first SIGINT, SIGTERM or SIGHUP; a second one ends the program at once. */
  readonly interrupted: Promise<Interruption>;
  #first: Interruption | null = null;
  #giveBack: () => void = () => {};

  /** `onHangup`: SIGHUP means that, and ends nothing. */
  constructor(onHangup: (() => void) | null = null) {
    const ending = SIGNALS.filter(({ signal }) => onHangup === null || signal !== 'SIGHUP');
    if (onHangup !== null) process.on('SIGHUP', onHangup);
    this.interrupted = new Promise((resolve) => {
      for (const interruption of ending) process.on(interruption.signal, () => this.#signalled(interruption, resolve));
    });
    process.on('uncaughtException', (error) => this.#crash(error));
    process.on('unhandledRejection', (error) => this.#crash(error));
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => this.#outputFailed(error));
    }
  }

  /** The signal that came, if any. */
  get interruption(): Interruption | null {
    return this.#first;
  }

  /** From now on this gives the terminal back; it may be called more than once. */
  onExit(giveBack: () => void): void {
    this.#giveBack = giveBack;
  }

  #signalled(interruption: Interruption, resolve: (interruption: Interruption) => void): void {
    if (this.#first !== null) {
      this.#giveBack();
      process.exit(interruption.exitCode || 130);
    }
    this.#first = interruption;
    resolve(interruption);
  }

  #crash(error: unknown): never {
    this.#giveBack();
    process.exit(report(error));
  }

  /** `| head` ends early: no error. */
  #outputFailed(error: NodeJS.ErrnoException): void {
    if (error.code !== 'EPIPE') this.#crash(error);
    this.#giveBack();
    process.exit(ExitCode.done);
  }
}

/** Prints why it failed as one line and returns the exit code. A defect shows its stack with FAULTSCOPE_DEBUG=1. */
export function report(error: unknown): number {
  if (error instanceof FaultscopeError) {
    process.stderr.write(`faultscope: ${safeText(error.line)}\n`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`faultscope: internal error: ${safeText(message)} (FAULTSCOPE_DEBUG=1 shows more)\n`);
  if (process.env.FAULTSCOPE_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return ExitCode.failed;
}
