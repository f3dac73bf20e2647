import type { CostRecord, GovernorRecord } from '../record/cost.js';
import type { ProbeSet } from '../record/record.js';

/** What looking on costs. */
export interface CostView {
  /** What the sums below span. */
  readonly observedNs: number;
  /** Run time of the BPF programs of all sets, the target's and everybody else's together; null where it is not metered. */
  readonly programNs: number | null;
  /** `sampled`: the programs' run time is an estimate. */
  readonly metering: CostRecord['metering'];
  readonly bpftraceNs: number;
  readonly ownNs: number;
  readonly targetCpuNs: number;
  /** Of the latest ten seconds or so; null before the second reading. */
  readonly recent: RecentCost | null;
  /** Sets that have run, in the order of PROBE_SETS. */
  readonly sets: readonly SetCostView[];
  readonly memory: {
    readonly ownBytes: number | null;
    readonly bpftraceBytes: number | null;
    readonly kernelBytes: number | null;
  };
  readonly budget: { readonly coreFraction: number; readonly targetFraction: number } | null;
  /** One reading in how many intervals: 1 unless the governor has slowed them down. */
  readonly pace: number;
  /** Sets that the governor has stopped and not started again. */
  readonly stopped: readonly StoppedSet[];
  /** What the governor did, the latest last, at most {@link KEPT_DECISIONS}. */
  readonly decisions: readonly DecisionView[];
}

export const KEPT_DECISIONS = 20;

/** Shares of one core. What it took to start a bpftrace is not in it. */
export interface RecentCost {
  readonly total: number;
  /** Null where it is not metered; `total` lacks it then. */
  readonly programs: number | null;
  readonly bpftrace: number;
  readonly own: number;
  /** What the target itself took. */
  readonly target: number;
  /** Null without a budget. */
  readonly budget: number | null;
}

export interface SetCostView {
  readonly set: ProbeSet;
  readonly programNs: number | null;
  readonly bpftraceNs: number;
  /** Programs and bpftrace, share of one core in the latest ten seconds; 0 where it does not run. */
  readonly recent: number;
  readonly memoryBytes: number | null;
  readonly kernelBytes: number | null;
}

export interface StoppedSet {
  readonly set: ProbeSet;
  readonly atNs: number;
  /** Shares of one core. */
  readonly costFraction: number;
  readonly budgetFraction: number;
}

export interface DecisionView {
  readonly atNs: number;
  readonly did: GovernorRecord['did'];
  readonly set: ProbeSet | null;
  readonly pace: number;
  readonly costFraction: number;
  readonly budgetFraction: number;
}
