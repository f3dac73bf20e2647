import type { FrameView, StackSums, StacksView, StackView } from '../../src/model/stacks-view.js';

/** A stack as a line: functions from the outermost in, with `_[k]` behind those of the kernel. */
export interface FoldedStack extends Partial<Pick<StackView, 'tid' | 'threadName' | 'part'>> {
  readonly line: string;
  readonly count: number;
  readonly totalNs: number;
  /** Its frames as they are, in place of `line`. */
  readonly frames?: readonly FrameView[];
}

/** What the model would show of these stacks. */
export function stacksView(faults: readonly FoldedStack[], offCpu: readonly FoldedStack[] = []): StacksView {
  const frames: FrameView[] = [];
  const places = new Map<string, number>();
  const placeOf = (frame: FrameView): number => {
    const key = JSON.stringify(frame);
    const place = places.get(key) ?? frames.push(frame) - 1;
    places.set(key, place);
    return place;
  };
  const sums = (of: readonly FoldedStack[]): StackSums => {
    const stacks = of.map(({ line, frames: own, ...stack }) => ({
      tid: 4712,
      threadName: 'worker',
      part: 'fault' as const,
      ...stack,
      frames: (own ?? line.split(';').map(frameOf)).map(placeOf),
    }));
    const add = (pick: (one: StackView) => number) => stacks.reduce((sum, one) => sum + pick(one), 0);
    const withoutStack = stacks.filter((one) => frames[one.frames[0] ?? -1]?.label === '[no stack]');
    return {
      count: add(({ count }) => count),
      totalNs: add(({ totalNs }) => totalNs),
      withoutStack: withoutStack.reduce((sum, { count }) => sum + count, 0),
      stacks: stacks.toSorted((a, b) => b.totalNs - a.totalNs),
    };
  };
  return { faults: sums(faults), offCpu: sums(offCpu), frames };
}

function frameOf(text: string): FrameView {
  if (text.endsWith('_[k]')) return { label: text.slice(0, -4), module: 'kernel', kernel: true };
  const module = text.startsWith('[') ? null : (/^(.*)\+0x/.exec(text)?.[1] ?? 'app');
  return { label: text, module, kernel: false };
}
