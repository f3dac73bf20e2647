import { thisHost } from '../doctor/check.js';
import { runDoctor } from '../doctor/doctor.js';
import { renderDoctor } from '../doctor/render.js';
import { ExitCode } from '../errors.js';

/** Prints what this host can and cannot do; exit 3 where the main job cannot run. */
export async function doctor(options: { readonly bpftrace?: string }): Promise<number> {
  const diagnosis = await runDoctor(thisHost(process.env, options.bpftrace));
  process.stdout.write(`${renderDoctor(diagnosis).join('\n')}\n`);
  return diagnosis.canRun ? ExitCode.done : ExitCode.host;
}
