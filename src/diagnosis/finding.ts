/** A sentence of diagnosis with what speaks for it. Texts hold outside strings unescaped: views escape them. */
export interface Finding {
  readonly id: FindingId;
  /** `stall`: the program stands still; `problem`: it loses time; `note`: worth knowing, nothing to mend. */
  readonly severity: 'stall' | 'problem' | 'note';
  /** One plain sentence with its figure. */
  readonly title: string;
  /** The figures it rests on, one sentence each. */
  readonly evidence: readonly string[];
  readonly confidence: 'high' | 'medium' | 'low';
  /** What would help, best first. */
  readonly remedies: readonly string[];
}

export const FINDING_IDS = [
  'full-stalls',
  'lost-parallelism',
  'hot-mapping',
  'hot-code',
  'warm-up',
  'steady-refaults',
  'faults-do-not-matter',
  'lock',
  'locks-behind-faults',
  'run-queue',
  'disk-reads',
  'swap-in',
  'refaults-by-evictor',
  'working-set',
  'first-touches',
  'slow-disk',
  'disk-queue',
] as const;
export type FindingId = (typeof FINDING_IDS)[number];

/** What the figures of a session mean. */
export interface Diagnosis {
  /** What matters most first. */
  readonly findings: readonly Finding[];
  /** "Nothing to report", with the figures that say so; null where there is a finding. */
  readonly allClear: string | null;
  /** Null where nothing is predicted: no capacity is known, or too little was seen. */
  readonly whatIf: WhatIf | null;
}

/** Predictions, each with how far it may be off. */
export interface WhatIf {
  /** What is assumed, one sentence each. */
  readonly assumptions: readonly string[];
  /** The capacity it was measured at first, then larger ones in order. */
  readonly capacities: readonly Prediction[];
  /** The smallest capacity that brings full stalls under 1 % of the time; null where none up to 64 times does. */
  readonly enough: number | null;
  /** The same reads as pread(2), at the present capacity; null where it cannot be said. */
  readonly asPread: { readonly fullStallFraction: number; readonly lostParallelism: number } | null;
}

export interface Prediction {
  readonly capacity: number;
  /** Share of the time with level >= capacity. */
  readonly fullStallFraction: Range;
  readonly lostParallelism: Range;
}

/** `low` where the device keeps up with more faults at once, `high` where it gives no more a second than now. */
export interface Range {
  readonly low: number;
  readonly high: number;
}
