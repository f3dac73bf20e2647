import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInTerminal } from './terminal.mjs';
import { startWorkload } from './workload.mjs';

/** USER_HZ, the unit of utime and stime in /proc/PID/stat: 100 on every Linux that userspace can see. */
const TICKS_PER_SECOND = 100;
/** V8 compiles what runs once a second only after a while. */
const WARM_UP_MS = 40_000;
const WINDOW_S = 20;

function readCost(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    residentMiB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
  };
}

function withDescendants(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((tid) =>
    readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8').trim().split(' ').filter(Boolean),
  );
  return [String(pid), ...children.flatMap(withDescendants)];
}

/**
 * What the live screen (1 s a picture) itself costs on a process of 100 threads, four of which fault: one row a process
 * of ours, CPU seconds over the window.
 */
export async function measureOwnCost(commandLine) {
  const workload = await startWorkload('manythreads', ['--threads', '95', '--active', '4']);
  const terminal = runInTerminal([...commandLine, '--pid', String(workload.pid), '--interval', '1s']);
  try {
    await sleep(WARM_UP_MS);
    const pids = withDescendants(terminal.pid());
    const before = pids.map(readCost);
    await sleep(WINDOW_S * 1000);
    const after = pids.map(readCost);
    return after.map((cost, index) => ({
      name: cost.name,
      cpuFraction: (cost.cpuSeconds - before[index].cpuSeconds) / WINDOW_S,
      residentMiB: cost.residentMiB,
    }));
  } finally {
    terminal.close();
    await workload.stop();
  }
}
