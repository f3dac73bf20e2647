import type { ExportPlan } from '../export/export-plan.js';
import { STDOUT } from '../export/write-file.js';
import type { Budget } from '../record/cost.js';
import { OPTIONAL_SETS, type OptionalSetName } from '../record/record.js';
import type { Output } from './choose-target.js';
import { planExports } from './live-exports.js';
import type { LiveOptions } from './live-options.js';
import { parseBudget, parseCapacity, parseInterval, parseTime } from './options.js';

/** What is to be observed how, and what is to come of it. */
export interface Plan extends Output {
  readonly durationMs: number | null;
  readonly intervalMs: number;
  readonly exports: readonly ExportPlan[];
  readonly force: boolean;
  readonly exact: boolean;
  readonly sets: readonly OptionalSetName[];
  readonly capacity: number | null;
  readonly budget: Budget | null;
  /** Null where the session is not recorded from its start. */
  readonly recording: RecordingPlan | null;
}

export interface RecordingPlan {
  /** Null: into the current directory, under a name that says what and when. */
  readonly path: string | null;
  /** The most that the file may have: it keeps what came last. Null: all is kept. */
  readonly maxBytes: number | null;
  /** The session ends after a full stall of that length; null: it does not. */
  readonly untilStallNs: number | null;
}

/** What the main command's options ask for. Throws FaultscopeError (exit 2). */
export function planOf(options: LiveOptions): Plan {
  const toTerminal = process.stdout.isTTY === true;
  const paths = options.export ?? (toTerminal ? [] : [STDOUT]);
  return {
    headless: options.headless === true || !toTerminal || process.stdin.isTTY !== true,
    summaryOnStdout: paths.includes(STDOUT),
    durationMs: options.duration === undefined ? null : parseTime('--duration', options.duration),
    intervalMs: parseInterval(options.interval ?? '1s'),
    exports: planExports({ ...options, export: paths }),
    force: options.force === true,
    exact: options.exact === true,
    sets: OPTIONAL_SETS.filter((set) => options[set] === true),
    capacity: options.capacity === undefined ? null : parseCapacity(options.capacity),
    budget: parseBudget(options.budget),
    recording: null,
  };
}
