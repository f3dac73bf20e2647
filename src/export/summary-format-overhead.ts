/** What looking on cost over the window. Times in ns, memory in bytes. */
export interface SummaryOverhead {
  /** What the sums span, ns. */
  readonly observedNs: number;
  /** All of it as a share of one core: programs as far as they were metered, bpftrace, faultscope. */
  readonly totalFraction: number;
  /**
   * programNs / targetCpuNs: at most what the target paid in its own time, because programs that run in other threads are in it.
   * Null where programs were not metered or the target had no CPU time.
   */
  readonly targetCpuFraction: number | null;
  /** (bpftraceNs + selfNs) / observedNs: what the host pays beside, as a share of one core. */
  readonly selfCpuFraction: number;
  /** Run time of the BPF programs, ns; null where it was not metered. */
  readonly programNs: number | null;
  /** counted: by the kernel, all of it. sampled: estimated from a tenth of a second in every 20 to 60. none: not metered. */
  readonly metering: 'counted' | 'sampled' | 'none';
  /** CPU time of the bpftraces, their start included, ns. */
  readonly bpftraceNs: number;
  /** CPU time of faultscope itself, ns. */
  readonly selfNs: number;
  /** CPU time of the target meanwhile, ns. */
  readonly targetCpuNs: number;
  /** The latest ten seconds as shares of one core, without the start of bpftraces. Absent before the second reading. */
  readonly recent?: SummaryRecentOverhead;
  /** By probe set. */
  readonly sets: readonly SummarySetOverhead[];
  /** At the end of the window. */
  readonly memory: SummaryOverheadMemory;
  /** What it might cost; null for --budget off. */
  readonly budget: SummaryBudget | null;
  /** Figures are read once in so many intervals: 1 unless the governor has slowed them down. */
  readonly pace: number;
  /** Probe sets that the governor has stopped and not started again. */
  readonly stopped: readonly string[];
  /** What the governor did, the latest last, at most 20. */
  readonly decisions: readonly SummaryDecision[];
}

/** Shares of one core over the latest ten seconds. */
export interface SummaryRecentOverhead {
  /** Programs as far as they are metered, bpftrace and faultscope. */
  readonly totalFraction: number;
  /** What the budget comes to; null for --budget off. */
  readonly budgetFraction: number | null;
}

/** What one probe set cost. */
export interface SummarySetOverhead {
  /** Name of the probe set. */
  readonly set: string;
  /** Run time of its BPF programs, ns; null where it was not metered. */
  readonly programNs: number | null;
  /** CPU time of its bpftrace, ns. */
  readonly bpftraceNs: number;
  /** Proportional set size of its bpftrace, bytes; null where it was not read. */
  readonly memoryBytes: number | null;
  /** Kernel memory of its maps and programs, bytes; null where it was not read. */
  readonly kernelBytes: number | null;
}

/** Memory in bytes; null where it was not read. */
export interface SummaryOverheadMemory {
  /** Proportional set size of faultscope. */
  readonly selfBytes: number | null;
  /** Of all bpftraces together. */
  readonly bpftraceBytes: number | null;
  /** Kernel memory of maps and programs. */
  readonly kernelBytes: number | null;
}

/** --budget. */
export interface SummaryBudget {
  /** Share of one core. */
  readonly coreFraction: number;
  /** Share of the target's CPU time. */
  readonly targetFraction: number;
}

/** One decision of the governor. */
export interface SummaryDecision {
  /** When, ns since the window began. */
  readonly atNs: number;
  /** What it did: exceeded says that nothing was left to save. */
  readonly did: 'slowed' | 'quickened' | 'stopped' | 'returned' | 'exceeded' | 'within';
  /** The probe set; null where it is about the whole. */
  readonly set: string | null;
  /** Figures are read once in so many intervals from then on. */
  readonly pace: number;
  /** Of the ten seconds before, share of one core. */
  readonly costFraction: number;
  /** What the budget came to, share of one core. */
  readonly budgetFraction: number;
}
