import { thisHost } from '../doctor/check.js';
import { preflight } from '../doctor/doctor.js';
import { ExitCode } from '../errors.js';
import { checkWritable } from '../export/write-file.js';
import { locateBpftrace } from '../probe/locate.js';
import { chooseTarget } from './choose-target.js';
import { Exits } from './exits.js';
import { LiveExports, refuseWithoutStacks } from './live-exports.js';
import type { LiveOptions } from './live-options.js';
import { observe } from './observe.js';
import { type Plan, planOf } from './plan.js';

/** The main command: observe one process until it, the user or the clock says stop. Returns the exit code. */
export function live(options: LiveOptions, command: readonly string[]): Promise<number> {
  return run(planOf(options), options, command);
}

/** Chooses the target and observes it as planned. Returns the exit code. */
export async function run(plan: Plan, options: LiveOptions, command: readonly string[]): Promise<number> {
  const exits = new Exits({ outputLost: 'interrupt' });
  // Asking bpftrace for its version takes a while; what it says is wanted last.
  const locating = locateBpftrace(options.bpftrace, process.env);
  locating.catch(() => {});
  if (plan.recording?.path != null) await checkWritable(plan.recording.path, plan);
  if (plan.headless && !plan.sets.includes('stacks')) refuseWithoutStacks(plan.exports);
  const exports = await LiveExports.open(plan.exports, plan);
  preflight(thisHost(process.env, options.bpftrace));
  const target = await chooseTarget(options, command, plan, exits);
  if (target === null) return exits.interruption?.exitCode ?? ExitCode.done;
  try {
    return await observe(plan, exports, target, await locating, exits);
  } finally {
    // What we launched ends with us, as under perf(1) and strace(1).
    target.launch?.kill();
  }
}
