import type { TimePart } from './cause.js';

/** Which code touched the pages, and which waits (bpf/stacks.bt): stacks by what they cost. */
export interface StacksView {
  /** Every frame seen, once; stacks name them by their place here. */
  readonly frames: readonly FrameView[];
  readonly faults: StackSums;
  readonly offCpu: StackSums;
}

/** The stacks add up to `count` and `totalNs`: what no stack was kept for hangs on a frame of its own. */
export interface StackSums {
  readonly count: number;
  readonly totalNs: number;
  /** Of `count`, those whose user stack could not be kept or walked. */
  readonly withoutStack: number;
  /** Every stack once a thread and kind of wait, most time first. */
  readonly stacks: readonly StackView[];
}

export interface StackView {
  /** Null where only the sum was kept. */
  readonly tid: number | null;
  /** An outside string; null where it is not known. */
  readonly threadName: string | null;
  /** Off-CPU: what the wait counts as; `fault` for faults; null where only the sum was kept. */
  readonly part: TimePart | null;
  /** Places in {@link StacksView.frames}, outermost first: user frames, then kernel frames. */
  readonly frames: readonly number[];
  readonly count: number;
  readonly totalNs: number;
}

export interface FrameView {
  /** A function, "module+0x1234", "[unknown]", or one of {@link NO_STACK} and {@link OTHER_STACKS}: an outside string. */
  readonly label: string;
  /** File name of the mapping, "kernel" or a kernel module: an outside string; null where it is in none. */
  readonly module: string | null;
  readonly kernel: boolean;
}

/** Stands where no user stack could be kept or walked. */
export const NO_STACK = '[no stack]';
/** Stands for a thread's stacks that cost least, which are not kept apart. */
export const OTHER_STACKS = '[other stacks]';
/** Stands for code that no mapping and no symbol is known of. */
export const UNKNOWN_FRAME = '[unknown]';
