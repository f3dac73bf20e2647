import { ExitCode, FaultscopeError } from '../errors.js';
import { safeText } from '../text/safe.js';

/**
 * What ends a run from outside, and the exit code that says so: 128 + the signal's number, Ctrl-C and a reader who has seen
 * enough being a normal end. A terminal that is gone counts as SIGHUP, whether or not the signal came.
 */
export interface Interruption {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE';
  readonly exitCode: number;
}

const HANGUP: Interruption = { signal: 'SIGHUP', exitCode: 129 };
const NO_READER: Interruption = { signal: 'SIGPIPE', exitCode: ExitCode.done };
const SIGNALS: readonly Interruption[] = [
  { signal: 'SIGINT', exitCode: ExitCode.done },
  { signal: 'SIGTERM', exitCode: 143 },
  HANGUP,
];

export interface ExitOptions {
  /** SIGHUP means that, and ends nothing. */
  readonly onHangup?: (() => void) | null;
  /**
   * What it means that nobody can read any more what we print. `exit`: there is nothing else to be done; `interrupt`: there are files
   * to be finished first; `go-on`: others are served.
   */
  readonly outputLost?: 'exit' | 'interrupt' | 'go-on';
}

/**
 * Owns the ways out: signals, crashes, a reader of our output that goes away. Whatever has the terminal says how to give
 * it back; that happens first, then one line on stderr, then the end. Children go with us (PR_SET_PDEATHSIG).
 */
export class Exits {
  /** Resolves with the first interruption; a second SIGINT or SIGTERM ends the program at once. */
  readonly interrupted: Promise<Interruption>;
  readonly #outputLost: NonNullable<ExitOptions['outputLost']>;
  #resolve: (interruption: Interruption) => void = () => {};
  #first: Interruption | null = null;
  #giveBack: () => void = () => {};

  constructor({ onHangup = null, outputLost = 'exit' }: ExitOptions = {}) {
    this.#outputLost = outputLost;
    const ending = SIGNALS.filter(({ signal }) => onHangup === null || signal !== 'SIGHUP');
    if (onHangup !== null) process.on('SIGHUP', onHangup);
    this.interrupted = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    for (const interruption of ending) process.on(interruption.signal, () => this.#interrupt(interruption));
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

  /** The keys come from there: without them it can only end. */
  watchInput(): void {
    process.stdin.on('error', () => this.#interrupt(HANGUP));
    process.stdin.on('end', () => this.#interrupt(HANGUP));
  }

  /** A terminal that goes tells so several times: its signal, the shell's, each write. */
  #interrupt(interruption: Interruption): void {
    const isAsked = interruption.signal === 'SIGINT' || interruption.signal === 'SIGTERM';
    if (this.#first !== null && isAsked) {
      this.#giveBack();
      process.exit(interruption.exitCode || 130);
    }
    this.#first ??= interruption;
    this.#resolve(this.#first);
  }

  #crash(error: unknown): never {
    this.#giveBack();
    process.exit(report(error));
  }

  /** `| head` ends early: no error. */
  #outputFailed(error: NodeJS.ErrnoException): void {
    if (this.#outputLost === 'go-on') return;
    const isGone = error.code === 'EPIPE' || error.code === 'EIO';
    if (!isGone) this.#crash(error);
    const interruption = error.code === 'EPIPE' ? NO_READER : HANGUP;
    if (this.#outputLost === 'interrupt') this.#interrupt(interruption);
    else process.exit(interruption.exitCode);
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
