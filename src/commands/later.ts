import { setTimeout } from 'node:timers/promises';

/** Resolves after that time. setTimeout takes at most 2^31 - 1 ms, 24.8 days; a longer wait goes in steps. */
export async function later(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 2 ** 31 - 1) await setTimeout(Math.min(left, 2 ** 31 - 1));
}
