import type { ProbeSet } from './record.js';

/** What looking on took between two readings: CPU time, and memory at the end. */
export interface CostRecord {
  readonly kind: 'cost';
  readonly atNs: bigint;
  /** Since the reading before, or since the session began. */
  readonly spanNs: number;
  /** Of faultscope itself, all its threads (getrusage(2)); where it watches several targets, this one's equal part. */
  readonly ownCpuNs: number;
  /** As far as it is known: read once in a while. */
  readonly ownMemoryBytes: number | null;
  readonly sets: readonly SetCost[];
  /** How the programs' run time was had: the kernel counted all of it, a sample of it, or none. */
  readonly metering: 'counted' | 'sampled' | 'none';
  /** CPU time that the target had meanwhile (/proc/PID/stat). */
  readonly targetCpuNs: number;
  readonly budget: Budget | null;
}

/** What a probe set took: one bpftrace and its BPF programs. */
export interface SetCost {
  readonly set: ProbeSet;
  /** Run time of its programs, in whichever thread of the host they ran; null where it is not metered. */
  readonly programNs: number | null;
  /** CPU time of bpftrace (/proc/PID/stat, to 10 ms). */
  readonly cpuNs: number;
  /** Of `cpuNs`, what it took to compile and attach. */
  readonly startNs: number;
  /** Proportional set size of bpftrace; null until it is read. */
  readonly memoryBytes: number | null;
  /** Kernel memory of its maps and programs (memlock in /proc/PID/fdinfo/FD); null until it is read. */
  readonly kernelBytes: number | null;
}

/** What looking on may cost: shares, in millionths, of one core and of the CPU time that the target takes. */
export interface Budget {
  readonly corePpm: number;
  readonly targetPpm: number;
}

/** The governor did something to stay within the budget, or has found that it cannot. */
export interface GovernorRecord {
  readonly kind: 'governor';
  readonly atNs: bigint;
  /**
   * `slowed`, `quickened`: figures are read every so many intervals (`pace`). `stopped`, `returned`: a set. `exceeded`: nothing
   * is left to save, `within`: it is within the budget again.
   */
  readonly did: 'slowed' | 'quickened' | 'stopped' | 'returned' | 'exceeded' | 'within';
  readonly set: ProbeSet | null;
  /** One reading in how many intervals, from now on. */
  readonly pace: number;
  /** The latest ten seconds, in millionths of one core. */
  readonly costPpm: number;
  readonly budgetPpm: number;
}
