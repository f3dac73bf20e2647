import { expect } from 'vitest';
import type { Summary, SummaryThread } from '../../../src/export/summary-format.js';
import type { Cause } from '../../../src/model/cause.js';

/** The one thread with this tid. */
export function threadOf(summary: Summary, tid: number): SummaryThread {
  const found = summary.threads.filter((thread) => thread.tid === tid);
  const [thread] = found;
  if (thread === undefined || found.length > 1) throw new Error(`${found.length} rows for thread ${tid}`);
  return thread;
}

/** All time off the CPU but for the run queue. */
export function waitedNs(thread: SummaryThread): number {
  return thread.waits.reduce((sum, { totalNs }) => sum + totalNs, 0);
}

export function waitedForNs(thread: SummaryThread, cause: Cause): number {
  return thread.waits.filter((wait) => wait.cause === cause).reduce((sum, { totalNs }) => sum + totalNs, 0);
}

/** on-CPU + run queue + stolen + waits = lifetime within 0.1 %, for every thread that lived a second. */
export function expectAccountsToClose(summary: Summary): void {
  const old = summary.threads.filter(({ lifetimeNs }) => lifetimeNs >= 1e9);
  expect(old.length).toBeGreaterThan(0);
  for (const thread of old) {
    expect(Math.abs(thread.residueNs) / thread.lifetimeNs, `residue of ${thread.tid} ${thread.name}`).toBeLessThan(
      0.001,
    );
  }
  for (const thread of summary.threads) {
    const { onCpuNs, runQueueNs, stolenNs, residueNs, lifetimeNs } = thread;
    expect(onCpuNs + runQueueNs + stolenNs + waitedNs(thread) + residueNs).toBe(lifetimeNs);
  }
  expect(summary.threads.reduce((sum, { stolenNs }) => sum + stolenNs, 0)).toBe(summary.totals.timeNs.stolen);
}

/** Nothing lost, nothing dropped, nothing to be said about it. */
export function expectNothingLost(summary: Summary): void {
  expect(summary.quality).toMatchObject({ lostEvents: 0, droppedRecords: 0, notes: [] });
}
