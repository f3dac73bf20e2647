/** Documented exit codes of the command line (README, "Exit codes"). */
export const ExitCode = {
  done: 0,
  /** It ran and failed while running. */
  failed: 1,
  /** Wrong usage: bad option, ambiguous name, unwritable export path. */
  usage: 2,
  /** This host cannot do it: no root, no bpftrace, no tracefs. `faultscope doctor` says what is missing. */
  host: 3,
  /** No such target, or one that may not be traced. */
  target: 4,
  /** A condition of `diff --fail-if` holds, or could not be looked at. */
  condition: 5,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What makes a {@link FaultscopeError}: one sentence of what is wrong, one of what to do about it. */
export interface ErrorFacts {
  readonly exitCode: ExitCode;
  /** What is wrong, one line, no full stop. */
  readonly message: string;
  /** What the user can do about it, one line. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error class whose message is meant for the user; everything else that is thrown is a defect. */
export class FaultscopeError extends Error {
  override readonly name = 'FaultscopeError';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.exitCode = facts.exitCode;
    this.hint = facts.hint;
  }

  /** The line for stderr. Callers pass it through safeText: it can quote outside strings. */
  get line(): string {
    return this.hint === undefined ? this.message : `${this.message}: ${this.hint}`;
  }
}

/** Wrong usage, exit code 2. */
export function usage(message: string, hint: string): FaultscopeError {
  return new FaultscopeError({ exitCode: ExitCode.usage, message, hint });
}

/** The errno name of a failed system call (ENOENT, EACCES...); null for any other thrown value. */
export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
