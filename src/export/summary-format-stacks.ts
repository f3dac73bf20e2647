import type { TimePart } from '../model/cause.js';

export interface SummaryStacks {
  /** Stacks of major faults, by their latency. */
  readonly faults: SummaryStackSums;
  /** Stacks of waits, idle ones too, by their length. */
  readonly offCpu: SummaryStackSums;
}

export interface SummaryStackSums {
  /** Faults or waits: those of `stacks` and `others` together. */
  readonly count: number;
  /** Their time, ns: that of `stacks` and `others` together. */
  readonly totalNs: number;
  /** Of `count`, those whose user stack could not be kept or walked: their stacks begin with a frame "[no stack]". */
  readonly withoutStack: number;
  /** Every frame of `stacks`, once. */
  readonly frames: readonly SummaryFrame[];
  /** The stacks that took most time, at most 300, once for each thread and kind of wait, most time first. */
  readonly stacks: readonly SummaryStack[];
  /** All other stacks together. */
  readonly others: SummaryOtherStacks;
}

export interface SummaryFrame {
  /** The function, unescaped; "module+0x1234" where none is known, "[unknown]" where nothing is. */
  readonly name: string;
  /** File name of the mapping, "kernel" or a kernel module, unescaped; null where it is in none. */
  readonly module: string | null;
  /** It is the kernel's. */
  readonly kernel: boolean;
}

export interface SummaryStack {
  /** Thread; null where only a sum over threads was kept. */
  readonly tid: number | null;
  /** What the wait counts as; `fault` for faults; null where only a sum was kept. */
  readonly cause: TimePart | null;
  /** Places in `frames`, counted from 0, outermost first: user frames, then kernel frames. */
  readonly frames: readonly number[];
  /** Faults or waits. */
  readonly count: number;
  /** Their time, ns. */
  readonly totalNs: number;
}

export interface SummaryOtherStacks {
  /** How many stacks they are. */
  readonly stacks: number;
  /** Faults or waits. */
  readonly count: number;
  /** Their time, ns. */
  readonly totalNs: number;
}
