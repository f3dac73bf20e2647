import { setTimeout as later } from 'node:timers/promises';

/** Generous: a loaded machine must not fail a test that only waits for something to happen. */
const DEADLINE_MS = 60_000;

/** Resolves with what `look` returns once that is neither false nor undefined; rejects at the deadline. */
export async function until<T>(
  what: string,
  look: () => T | false | undefined | Promise<T | false | undefined>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${deadlineMs / 1000} s in vain for ${what}`);
    await later(20);
  }
}
