/** The program runs on while it is read: a few of its goroutines and threads may be between two states. */
export const MOSTLY = 0.95;

/** Whether it holds for nearly all; of few, for every one. */
export function isMostly<T>(all: readonly T[], holds: (one: T) => boolean): boolean {
  return all.filter((one) => !holds(one)).length <= Math.floor(all.length * (1 - MOSTLY));
}
