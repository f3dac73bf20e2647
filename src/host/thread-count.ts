import { readdirSync } from 'node:fs';

/** How many threads the process has now; 0 where it is gone. */
export function threadCount(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}
