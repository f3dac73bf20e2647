import type { FrameView, StacksView } from '../model/stacks-view.js';

/** What one path through the program's own code cost in major faults, all threads together. */
interface UserStack {
  /** Innermost first, without the kernel's; empty where only the kernel's are known. */
  readonly frames: readonly FrameView[];
  readonly count: number;
  readonly totalNs: number;
}

/** Stacks of major faults by the code that took them, of all threads together: most time first. */
export function userStacks({ frames, faults }: StacksView): UserStack[] {
  const merged = new Map<string, { readonly frames: FrameView[]; count: number; totalNs: number }>();
  for (const stack of faults.stacks) {
    const user = stack.frames.filter((place) => frames[place]?.kernel === false);
    const key = user.join();
    let sum = merged.get(key);
    if (sum === undefined) {
      sum = { frames: user.flatMap((place) => frames[place] ?? []).reverse(), count: 0, totalNs: 0 };
      merged.set(key, sum);
    }
    sum.count += stack.count;
    sum.totalNs += stack.totalNs;
  }
  return [...merged.values()].sort((a, b) => b.totalNs - a.totalNs || b.count - a.count);
}
