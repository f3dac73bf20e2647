/** As fast as it can be read. */
export const FASTEST = Number.POSITIVE_INFINITY;

/** How many times as fast as it happened. */
const SPEEDS = [1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32, 64, FASTEST];

/** The next faster one (`step` 1) or slower one (-1); the fastest and the slowest stay. */
export function otherSpeed(speed: number, step: 1 | -1): number {
  return SPEEDS[SPEEDS.indexOf(speed) + step] ?? speed;
}
