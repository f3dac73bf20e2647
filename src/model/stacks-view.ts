import type { TimePart } from './cause.js';

/** Which code touched the pages, and which waits (bpf/stacks.bt): trees of frames, by what they cost. */
export interface StacksView {
  readonly faults: StackTree;
  readonly offCpu: StackTree;
}

/** Sums of the tree equal the totals: what no stack was kept for hangs on a frame of its own. */
export interface StackTree {
  readonly count: number;
  readonly totalNs: number;
  /** Of `count`, those whose stack could not be kept or walked. */
  readonly withoutStack: number;
  /** Every stack once a thread and cause, most time first. */
  readonly stacks: readonly StackView[];
}

export interface StackView {
  readonly tid: number;
  readonly threadName: string | null;
  /** Off-CPU: what the wait counts as; `fault` for faults. */
  readonly part: TimePart;
  /** Outermost first: user frames, then kernel frames. */
  readonly frames: readonly FrameView[];
  readonly count: number;
  readonly totalNs: number;
}

export interface FrameView {
  /** A function, or "module+0x1234", or "[unknown]": an outside string. */
  readonly label: string;
  readonly module: string | null;
  readonly kernel: boolean;
}
