import { setTimeout as later } from 'node:timers/promises';
import type { Summary } from '../../../src/export/summary-format.js';
import { Faultscope } from './faultscope.js';
import type { Workload, WorkloadEvent } from './workload.js';

/** Ahead of everything else on the machine, so that what is compared is not the load. */
export const AT_ONCE = ['chrt', '--fifo', '50'];

/** Traces the devices while a held workload runs, and returns what it says of itself too. */
export async function tracedFaultReads(
  workload: Workload,
  bpftrace: string,
): Promise<{ readonly summary: Summary; readonly truth: WorkloadEvent }> {
  const args = ['--pid', String(workload.pid), '--storage', '--exact', '--interval', '300ms', '--bpftrace', bpftrace];
  const faultscope = new Faultscope(args);
  try {
    await faultscope.attached(workload.pid, 3);
    workload.go();
    const [truth] = await workload.events('result', 1);
    if (truth === undefined) throw new Error('the workload said nothing');
    // The next dump has it all; findings are for two seconds and more.
    await later(1500);
    return { summary: await faultscope.finish(), truth };
  } catch (error) {
    faultscope.kill('SIGINT');
    await faultscope.outcome();
    throw error;
  }
}

/** I/O that was missed, because it ended in an interrupt while another tracing program ran; of whichever device. */
export function lostIos({ quality }: Summary): number {
  const [, count = '0'] = quality.notes.map(({ text }) => /^(\d+) block I\/Os/.exec(text)).find((match) => match) ?? [];
  return Number(count);
}
