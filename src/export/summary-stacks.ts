import { type FrameView, type StackSums, type StacksView, UNKNOWN_FRAME } from '../model/stacks-view.js';
import type { SummaryFrame, SummaryStackSums, SummaryStacks } from './summary-format-stacks.js';

/** Stacks told one by one; the rest is one figure. */
const MAX_STACKS = 300;

/** Absent where the set did not run. */
export function stacksOf(view: StacksView | null): { readonly stacks?: SummaryStacks } {
  if (view === null) return {};
  return { stacks: { faults: sumsOf(view.faults, view.frames), offCpu: sumsOf(view.offCpu, view.frames) } };
}

function sumsOf({ count, totalNs, withoutStack, stacks }: StackSums, all: readonly FrameView[]): SummaryStackSums {
  const frames: SummaryFrame[] = [];
  const places = new Map<number, number>();
  const placeOf = (place: number): number => {
    const known = places.get(place);
    if (known !== undefined) return known;
    const { label: name, module, kernel } = all[place] ?? NO_FRAME;
    places.set(place, frames.length);
    return frames.push({ name, module, kernel }) - 1;
  };
  const told = stacks.slice(0, MAX_STACKS).map((stack) => ({
    tid: stack.tid,
    cause: stack.part,
    frames: stack.frames.map(placeOf),
    count: stack.count,
    totalNs: stack.totalNs,
  }));
  const others = { stacks: stacks.length - told.length, count, totalNs };
  for (const stack of told) {
    others.count -= stack.count;
    others.totalNs -= stack.totalNs;
  }
  return { count, totalNs, withoutStack, frames, stacks: told, others };
}

const NO_FRAME: FrameView = { label: UNKNOWN_FRAME, module: null, kernel: false };
