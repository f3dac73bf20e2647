import type { Cause, TimePart } from '../model/cause.js';
import type { ProbeSet } from '../record/record.js';

/**
 * The summary of a session as JSON, `faultscope.summary/1`; docs/summary.schema.json says the same to machines.
 * Every duration is an integer of nanoseconds. null is "not known", never 0; a part whose probe set did not run is
 * absent. Within version 1 keys may be added; none goes away or changes its meaning.
 */
export interface Summary {
  /** Name and version of this format. */
  readonly schema: 'faultscope.summary/1';
  /** The program that traced. */
  readonly tool: SummaryTool;
  /** The machine that was traced. */
  readonly host: SummaryHost;
  /** The process that was traced. */
  readonly target: SummaryTarget;
  /** When and for how long it was traced. */
  readonly window: SummaryWindow;
  /** Sums over all threads, ended ones too. */
  readonly totals: SummaryTotals;
  /** In order of appearance. Ended threads keep their row, the latest thousands of them; totals holds all. */
  readonly threads: readonly SummaryThread[];
  /** The longest single major faults, longest first, out of those that arrived (quality.sampling). */
  readonly longestFaults: readonly SummaryFault[];
  /** How far the figures can be trusted. */
  readonly quality: SummaryQuality;
}

export interface SummaryTool {
  /** Version of faultscope. */
  readonly version: string;
}

export interface SummaryHost {
  /** Kernel release, `uname -r`. */
  readonly kernel: string;
  /** Machine, `uname -m`, e.g. x86_64. */
  readonly arch: string;
  /** CPUs online. */
  readonly cpus: number;
  /** Version of bpftrace without the leading v; null where it could not be read. */
  readonly bpftrace: string | null;
}

export interface SummaryTarget {
  /** Process ID. */
  readonly pid: number;
  /** /proc/PID/comm, unescaped: whatever the process calls itself. */
  readonly comm: string;
  /** Target of /proc/PID/exe, unescaped; null where it could not be read. */
  readonly exe: string | null;
  /** True where faultscope started the process itself. */
  readonly launched: boolean;
  /** False where the process had ended by the end of the window. */
  readonly alive: boolean;
  /** How it ended; null while it lives, and where that is not known (only a launched process tells). */
  readonly exit: SummaryExit | null;
}

export interface SummaryExit {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null;
  /** Name of the signal that ended it, e.g. SIGKILL; null where it exited by itself. */
  readonly signal: string | null;
}

export interface SummaryWindow {
  /** Begin, ISO 8601 in UTC with milliseconds. */
  readonly startedAt: string;
  /** Length, ns. */
  readonly durationNs: number;
}

export interface SummaryTotals {
  /** Completed major faults, counted in the kernel: exact where quality.coverage.fraction is 1. */
  readonly majorFaults: number;
  /** Thread time blocked inside major faults, ns: run-queue time not included, open waits included. */
  readonly faultWaitNs: number;
  /** From going off-CPU to completion; major faults that never slept are not in it. */
  readonly faultLatency: SummaryLatency;
  /** From the fault's entry to completion, user mode only; absent unless the probe set `entry` ran. */
  readonly exactFaultLatency?: SummaryLatency;
  /** Thread time by what it was spent on, ns; all parts are always there. */
  readonly timeNs: { readonly [part in TimePart]: number };
  /** timeNs.poll + timeNs.sleep + timeNs.parked, ns: threads with normally nothing to do. */
  readonly idleNs: number;
  /** Threads alive at the end of the window. */
  readonly threadsAlive: number;
  /** Threads that ended within it. */
  readonly threadsEnded: number;
}

/** Percentiles come from a log-linear histogram and are at most 12.5 % off. */
export interface SummaryLatency {
  /** Major faults whose latency was measured. */
  readonly count: number;
  /** Median, ns; null where nothing was measured. */
  readonly p50Ns: number | null;
  /** 90th percentile, ns; null where nothing was measured. */
  readonly p90Ns: number | null;
  /** 99th percentile, ns; null where nothing was measured. */
  readonly p99Ns: number | null;
  /** Longest, ns, exact; null where nothing was measured. */
  readonly maxNs: number | null;
}

/** lifetimeNs = onCpuNs + runQueueNs + stolenNs + the sum of waits[].totalNs + residueNs. */
export interface SummaryThread {
  /** Thread ID. A tid that the kernel used again has a row for each thread. */
  readonly tid: number;
  /** /proc/PID/task/TID/comm, unescaped; null where the thread ended before it was read. */
  readonly name: string | null;
  /** False where the thread ended within the window. */
  readonly alive: boolean;
  /** From its birth, or the begin of the window, to its end or the latest reading, ns. */
  readonly lifetimeNs: number;
  /** Completed major faults. */
  readonly majorFaults: number;
  /** Of majorFaults, those that never slept (zram; another thread's read came first): they have no latency. */
  readonly majorFaultsNoSleep: number;
  /** The kernel's own count of this thread's major faults in the window; null where it was never read. */
  readonly kernelMajorFaults: number | null;
  /** Page faults taken in user mode, minor ones too; absent unless the probe set `entry` ran. */
  readonly userFaults?: number;
  /** Blocked inside major faults, ns. */
  readonly faultWaitNs: number;
  /** From going off-CPU to completion; major faults that never slept are not in it. */
  readonly faultLatency: SummaryLatency;
  /** From the fault's entry to completion, user mode only; absent unless the probe set `entry` ran. */
  readonly exactFaultLatency?: SummaryLatency;
  /** Running, ns. */
  readonly onCpuNs: number;
  /** Runnable without a CPU, ns. */
  readonly runQueueNs: number;
  /** Taken from it by interrupts and the hypervisor while runnable, as far as that can be told, ns. */
  readonly stolenNs: number;
  /** One row per cause and syscall, longest total first. */
  readonly waits: readonly SummaryWait[];
  /** What the account cannot explain, ns; may be negative. */
  readonly residueNs: number;
}

export interface SummaryWait {
  /** Why the thread was off-CPU. */
  readonly cause: Cause;
  /** Name of the syscall it waited in; null for a page fault taken in user mode. */
  readonly syscall: string | null;
  /** Finished waits. */
  readonly count: number;
  /** Finished waits and the open one, ns. */
  readonly totalNs: number;
  /** Longest wait, ns. */
  readonly maxNs: number;
  /** The thread was in this wait when the window ended. */
  readonly open: boolean;
}

export interface SummaryFault {
  /** Completion, ns since the begin of the window. */
  readonly atNs: number;
  /** Thread that took it. */
  readonly tid: number;
  /** Name of that thread, unescaped; null where it was never read. */
  readonly threadName: string | null;
  /** Address that was touched, hexadecimal with 0x: a string, because JSON numbers end at 2^53. */
  readonly address: string;
  /** Address of the instruction that touched it, hexadecimal with 0x. */
  readonly instruction: string;
  /** From going off-CPU to completion, ns. */
  readonly latencyNs: number;
}

export interface SummaryQuality {
  /** Traced major faults held against the kernel's own count. */
  readonly coverage: SummaryCoverage;
  /** Single faults and thread ends that were sent and never arrived. */
  readonly lostEvents: number;
  /** Waits and threads for which a kernel map had no room, and whole dumps that are missing. */
  readonly droppedRecords: number;
  /** How many single faults arrive. Counts and sums do not depend on it. */
  readonly sampling: SummarySampling;
  /** Largest |residueNs| / lifetimeNs over threads that lived at least a second; null while there is none. */
  readonly worstResidueFraction: number | null;
  /** The probe sets and what became of them. */
  readonly probes: readonly SummaryProbe[];
  /** Losses and limits in words, newest last. */
  readonly notes: readonly SummaryNote[];
}

export interface SummaryCoverage {
  /** Major faults traced. */
  readonly traced: number;
  /** Growth of the kernel's own count, /proc/PID/stat majflt; null before its second reading. */
  readonly kernel: number | null;
  /** traced / kernel; null while kernel is null or 0. */
  readonly fraction: number | null;
}

export interface SummarySampling {
  /** One in how many single faults arrives; 1 is all. */
  readonly oneIn: number;
}

export interface SummaryProbe {
  /** Name of the probe set. */
  readonly set: ProbeSet;
  /** State at the end of the window. */
  readonly state: 'off' | 'starting' | 'running' | 'stopped' | 'failed';
  /** The way it attached, found by trying; null where it did not. */
  readonly variant: string | null;
  /** Why it stopped, failed or was not started; null where there is nothing to say. */
  readonly detail: string | null;
}

export interface SummaryNote {
  /** When it was noticed, ns since the begin of the window. */
  readonly atNs: number;
  /** One sentence. */
  readonly text: string;
}
