import type { HostFacts, ProbeSet, TargetFacts } from '../record/record.js';
import type { Cause, TimePart } from './cause.js';

/**
 * What the model knows at one moment: plain immutable data, the only thing views, exporters and diagnosis read.
 * Durations are integers of nanoseconds since the session began; null is "not known", never 0.
 */
export interface Snapshot {
  readonly tool: { readonly version: string };
  readonly host: HostFacts;
  readonly target: TargetFacts & { readonly state: TargetState };
  readonly window: { readonly startedAtMs: number; readonly startNs: bigint; readonly durationNs: number };
  readonly probes: readonly ProbeStatus[];
  readonly totals: Totals;
  /** In order of appearance; ended threads keep their row. */
  readonly threads: readonly ThreadView[];
  /** Oldest first, at most {@link HISTORY_POINTS}; each spans `durationNs`. */
  readonly history: readonly HistoryPoint[];
  /** Longest first, at most {@link LONGEST_FAULTS}. */
  readonly longestFaults: readonly FaultView[];
  readonly quality: Quality;
}

export const HISTORY_POINTS = 600;
export const LONGEST_FAULTS = 100;

export type TargetState = { readonly alive: true } | { readonly alive: false; readonly exit: TargetExit | null };

export interface TargetExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface ProbeStatus {
  readonly set: ProbeSet;
  readonly state: 'off' | 'starting' | 'running' | 'stopped' | 'failed';
  readonly variant: string | null;
  readonly detail: string | null;
}

/** A duration by what it was spent on; a part that did not occur is 0. */
export type TimeSplit = { readonly [part in TimePart]: number };

export interface Totals {
  readonly majorFaults: number;
  /** Blocked inside major faults, run-queue time not included, open ones included. */
  readonly faultWaitNs: number;
  /** Over the last interval. */
  readonly majorFaultRateHz: number;
  /** From /proc/PID/stat minflt, over the last interval; null before the second reading. */
  readonly minorFaultRateHz: number | null;
  /** From going off-CPU to the fault's completion; faults that never slept are not in it. */
  readonly faultLatency: Distribution;
  /** From the fault's entry to its completion (bpf/entry.bt), user mode only, since that set runs; null without it. */
  readonly exactFaultLatency: Distribution | null;
  readonly time: TimeSplit;
  /** poll + sleep + parked. */
  readonly idleNs: number;
  readonly threadsAlive: number;
  readonly threadsEnded: number;
}

/** Percentiles of a log-linear histogram, each at most 12.5 % off; null where nothing was measured. */
export interface Distribution {
  readonly count: number;
  readonly p50Ns: number | null;
  readonly p90Ns: number | null;
  readonly p99Ns: number | null;
  /** Exact. */
  readonly maxNs: number | null;
}

export interface ThreadView {
  /** Unique in the session, also where a tid was used again. */
  readonly id: string;
  readonly tid: number;
  /** An outside string; null where the thread ended before its name was read. */
  readonly name: string | null;
  readonly alive: boolean;
  /** Time from its birth, or the session's begin, to its end or the latest reading. */
  readonly lifetimeNs: number;
  /** What it was doing at the latest reading. */
  readonly now: ThreadNow;
  readonly majorFaults: number;
  /** Of `majorFaults`, those that never slept (zram, or another thread's read finished first): no latency. */
  readonly majorFaultsNoSleep: number;
  readonly majorFaultRateHz: number;
  readonly faultWaitNs: number;
  readonly faultLatency: Distribution;
  readonly faultHistogram: readonly HistogramCell[];
  /** As in {@link Totals}. */
  readonly exactFaultLatency: Distribution | null;
  readonly onCpuNs: number;
  readonly runQueueNs: number;
  /** One row per cause and syscall, longest total first. */
  readonly waits: readonly WaitView[];
  readonly time: TimeSplit;
  /** lifetime - on-CPU - run queue - waits: what the account cannot explain; may be negative. */
  readonly residueNs: number;
  /** Page faults taken in user mode, minor ones too; null without entry.bt. */
  readonly userFaults: number | null;
  /** The kernel's own count of this thread's major faults since the session began; null where it was never read. */
  readonly kernelMajorFaults: number | null;
}

export type ThreadNow =
  | { readonly doing: 'running' }
  | { readonly doing: 'run-queue' }
  | { readonly doing: 'waiting'; readonly cause: Cause; readonly syscall: string | null; readonly forNs: number | null }
  | { readonly doing: 'ended' }
  | { readonly doing: 'unknown' };

export interface WaitView {
  readonly cause: Cause;
  /** The syscall it waited in; null for a page fault taken in user mode. */
  readonly syscall: string | null;
  /** Finished waits. */
  readonly count: number;
  /** Finished waits and the open one. */
  readonly totalNs: number;
  readonly maxNs: number;
  /** The thread is in this wait now. */
  readonly open: boolean;
  readonly distribution: Distribution;
  readonly histogram: readonly HistogramCell[];
}

export interface HistogramCell {
  readonly fromNs: number;
  /** Exclusive. */
  readonly toNs: number;
  readonly count: number;
}

/** What happened between two ticks. */
export interface HistoryPoint {
  /** End of the span, since the session began. */
  readonly atNs: number;
  readonly durationNs: number;
  readonly majorFaults: number;
  /** Thread time: the parts add up to threads x duration, less residue. */
  readonly time: TimeSplit;
}

export interface FaultView {
  /** Since the session began. */
  readonly atNs: number;
  readonly tid: number;
  readonly threadName: string | null;
  readonly address: bigint;
  readonly instruction: bigint;
  readonly latencyNs: number;
}

/** How far the figures can be trusted. */
export interface Quality {
  readonly coverage: Coverage;
  /** Single faults and thread ends that were sent and never arrived. */
  readonly lostEvents: number;
  /** Waits and threads for which a kernel map had no room, and whole dumps that are missing. */
  readonly droppedRecords: number;
  /** One in how many single faults arrives; 1 is all. */
  readonly sampling: { readonly oneIn: number };
  /** Largest |residue| / lifetime over threads that lived at least a second; null while there is none. */
  readonly worstResidueFraction: number | null;
  /** Losses and limits in words, newest last, each once, with its time since the session began. */
  readonly notes: readonly { readonly atNs: number; readonly text: string }[];
}

/** Traced major faults held against the kernel's own count. */
export interface Coverage {
  readonly traced: number;
  /** Delta of /proc/PID/stat majflt; null before the second reading. */
  readonly kernel: number | null;
  /** traced / kernel; null while kernel is null or 0. */
  readonly fraction: number | null;
}
