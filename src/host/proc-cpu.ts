import type { SystemRecord } from '../record/record.js';

/**
 * The first line of /proc/stat, all CPUs together (proc_stat(5), fs/proc/stat.c show_stat()): user, nice, system, idle,
 * iowait, irq, softirq, steal, in ticks. What runs guests is in `user` already. Null where there is no such line.
 */
export function parseCpuLine(text: string): SystemRecord['host'] | null {
  const fields = /^cpu +([\d ]+)/.exec(text)?.[1]?.trim().split(' ').map(Number) ?? [];
  // Linux before 2.6.11 counts no steal.
  const [user, nice, system, idle, iowait, irq, softirq, steal = 0] = fields;
  if (user === undefined || nice === undefined || system === undefined || idle === undefined) return null;
  if (iowait === undefined || irq === undefined || softirq === undefined) return null;
  return {
    userTicks: user + nice,
    systemTicks: system + irq + softirq,
    iowaitTicks: iowait,
    idleTicks: idle,
    stealTicks: steal,
  };
}
