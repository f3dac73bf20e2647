import { setTimeout as later } from 'node:timers/promises';
import type { Summary } from '../../../src/export/summary-format.js';
import { Faultscope } from './faultscope.js';
import type { Workload, WorkloadEvent } from './workload.js';

export interface Traced {
  readonly summary: Summary;
  /** What the program says of itself at its end. */
  readonly truth: WorkloadEvent;
}

/**
 * Traces a workload that waits for its line from before its begin until after its end; `meanwhile` is done while it runs.
 * The program must end by itself.
 */
export async function traced(
  workload: Workload,
  args: readonly string[] = [],
  meanwhile: () => Promise<void> = async () => {},
): Promise<Traced> {
  const faultscope = new Faultscope(['--pid', String(workload.pid), '--interval', '300ms', ...args]);
  await faultscope.attached(workload.pid);
  workload.go();
  await meanwhile();
  const [truth] = await workload.events('result', 1);
  // It ends by itself when the target does, unless the interval is not over.
  await later(500);
  const summary = await (workload.alive ? faultscope.finish() : faultscope.success());
  if (truth === undefined) throw new Error('the program said nothing of itself');
  return { summary, truth };
}
