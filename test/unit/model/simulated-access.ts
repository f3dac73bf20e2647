import fc from 'fast-check';
import { accessPattern, STEP_PAGES } from '../../../src/model/access-pattern.js';
import type { AccessPattern } from '../../../src/model/files-view.js';
import { Heat } from '../../../src/model/heat.js';

/** A fault: which thread, which page. */
export interface Fault {
  readonly tid: number;
  readonly page: number;
}

export type Chance = () => number;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const uniform = (chance: Chance, pages: number, from = 0) => from + Math.floor(chance() * pages);

/** Rank r with a probability like 1/r: half of all in the first few, the rest thinly over the whole (inverse of the CDF). */
export const zipf = (chance: Chance, pages: number) => Math.min(pages - 1, Math.floor((pages + 1) ** chance()) - 1);

/** `threads` threads, each through a part of its own, `window` pages at a fault; they begin anew at the end. */
export function scan(chance: Chance, pages: number, faults: number, threads: number, window: number): Fault[] {
  const part = Math.max(1, Math.floor(pages / threads));
  const at = Array.from({ length: threads }, () => uniform(chance, Math.max(1, Math.floor(part / 2))));
  return Array.from({ length: faults }, () => {
    const tid = uniform(chance, threads);
    const page = tid * part + (at[tid] ?? 0);
    at[tid] = ((at[tid] ?? 0) + window) % part;
    return { tid, page };
  });
}

/** What is known of these faults where the kernel counts steps and one in `oneIn` arrives singly. */
export function counted(faults: readonly Fault[], oneIn: number): AccessPattern | null {
  const last = new Map<number, number>();
  const heat = new Heat();
  let ahead = 0;
  for (const [index, { tid, page }] of faults.entries()) {
    const by = page - (last.get(tid) ?? page);
    if (by > 0 && by <= STEP_PAGES) ahead += 1;
    last.set(tid, page);
    if (index % oneIn === 0) heat.add(page, oneIn, index);
  }
  return accessPattern({ ahead, all: faults.length, windowPages: STEP_PAGES }, heat, 4096);
}

/** From 1 MiB to 4 TiB. */
export const anyFilePages = fc.integer({ min: 8 * 4, max: 30 * 4 }).map((power) => Math.floor(2 ** (power / 4)));
export const anySeed = fc.integer({ min: 0, max: 2 ** 31 });
