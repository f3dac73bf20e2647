import { ExitCode, FaultscopeError } from '../errors.js';
import { run } from './live.js';
import type { LiveOptions } from './live-options.js';
import { parseSize, parseTime } from './options.js';
import { planOf, type RecordingPlan } from './plan.js';

/** The options of `record`, as given. */
export interface RecordOptions extends LiveOptions {
  readonly output?: string;
  readonly maxSize?: string;
  readonly untilStall?: string;
}

/** What is kept of the time before a stall that is waited for: minutes to hours, by the number of threads. */
const DEFAULT_RING_BYTES = 64 * 2 ** 20;

/** Observes a process without a screen and records the session. Returns the exit code. */
export function record(options: RecordOptions, command: readonly string[]): Promise<number> {
  // Nothing goes to standard output that was not asked for.
  const plan = planOf({ ...options, export: options.export ?? [] });
  return run({ ...plan, headless: true, recording: recordingPlan(options) }, options, command);
}

function recordingPlan({ output, maxSize, untilStall }: RecordOptions): RecordingPlan {
  if (output === '-') {
    throw new FaultscopeError({
      exitCode: ExitCode.usage,
      message: 'a recording cannot go to standard output',
      hint: 'name a file: -o x.fscope',
    });
  }
  const untilStallNs = untilStall === undefined ? null : parseTime('--until-stall', untilStall) * 1e6;
  const defaultBytes = untilStallNs === null ? null : DEFAULT_RING_BYTES;
  const maxBytes = maxSize === undefined ? defaultBytes : parseSize('--max-size', maxSize);
  return { path: output ?? null, maxBytes, untilStallNs };
}
