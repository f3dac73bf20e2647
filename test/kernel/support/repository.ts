import { join } from 'node:path';

/** Where vitest and the scripts run. */
export const REPOSITORY = process.cwd();

/** Path of a built workload (scripts/workloads). */
export function workloadPath(name: string): string {
  return join(REPOSITORY, 'build/workloads', name);
}

/** Path of a program that pretends to be bpftrace (test/fixtures/bpftrace). */
export function fakeBpftrace(name: string): string {
  return join(REPOSITORY, 'test/fixtures/bpftrace', name);
}
