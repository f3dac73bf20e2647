import { setTimeout as later } from 'node:timers/promises';
import { processCpuNs } from '../host/process-cost.js';

/** Compiling a script and having it verified takes 0.4 s on an idle host; where there is no CPU to be had, many times that. */
const WINDOW_MS = 15_000;
const MOST_WINDOWS = 4;

/** CPU time within a window from which on a bpftrace is at work. */
const AT_WORK_NS = 50_000_000;

/**
 * Resolves with the seconds waited when a bpftrace that has not told anything is to be given up: one that hangs after a window,
 * one that still gets CPU time after four. `windowMs` is for tests.
 */
export async function patience(pid: number | null, windowMs = WINDOW_MS): Promise<number> {
  let usedNs = 0;
  for (let windows = 1; ; windows += 1) {
    await later(windowMs, undefined, { ref: false });
    const nowNs = pid === null ? null : processCpuNs(pid);
    const isAtWork = nowNs !== null && nowNs - usedNs >= AT_WORK_NS;
    if (!isAtWork || windows === MOST_WINDOWS) return (windows * windowMs) / 1000;
    usedNs = nowNs;
  }
}
