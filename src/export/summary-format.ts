import type { FindingId } from '../diagnosis/finding.js';
import type { Cause, TimePart } from '../model/cause.js';
import type { EvictionWay, FaultCause } from '../record/page-cache.js';
import type { MappingKind, ProbeSet } from '../record/record.js';
import type { SummaryFile, SummaryFilesRest } from './summary-format-files.js';
import type { SummaryOverhead } from './summary-format-overhead.js';
import type { SummaryEvictor, SummaryMemoryCgroup, SummaryPageCache } from './summary-format-page-cache.js';
import type { SummaryStacks } from './summary-format-stacks.js';
import type { SummaryStorage } from './summary-format-storage.js';
import type { SummaryWakers } from './summary-format-wakers.js';

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
  /** How many threads were stuck in page faults at once, and full stalls. Absent where it was not sampled. */
  readonly stalls?: SummaryStalls;
  /** Faults by goroutine. Absent where the target is no Go program or its goroutines cannot be told. */
  readonly goroutines?: SummaryGoroutines;
  /** Where in memory the major faults were, most faults first, estimated from single faults: those that could be placed. */
  readonly mappings: readonly SummaryMapping[];
  /** Files that major faults read from, and memory without one; most fault time first, at most 200. */
  readonly files: readonly SummaryFile[];
  /** What `files` does not list. Absent before the first major fault. */
  readonly filesRest?: SummaryFilesRest;
  /** CPU use and waiting of the process and its host. Absent where it was not read twice. */
  readonly symptoms?: SummarySymptoms;
  /** Service times. Absent unless the probe set `requests` ran. */
  readonly requests?: SummaryRequests;
  /** Who evicted pages of the target's files, most refaults first. Absent unless the probe set `pagecache` ran. */
  readonly evictors?: readonly SummaryEvictor[];
  /** Why pages were not there, and who filled memory. Absent unless the probe set `pagecache` ran. */
  readonly pageCache?: SummaryPageCache;
  /** The memory cgroup that bounds the target: the nearest with a limit. Absent where there is none. */
  readonly memoryCgroup?: SummaryMemoryCgroup;
  /** Which code took the faults, and which waited. Absent unless the probe set `stacks` ran. */
  readonly stacks?: SummaryStacks;
  /** Block I/O by device, queue and service time. Absent unless the probe set `storage` ran. */
  readonly storage?: SummaryStorage;
  /** Who ended the waits, and locks behind faults. Absent unless the probe set `wakers` ran. */
  readonly wakers?: SummaryWakers;
  /** What the figures mean, what matters most first; empty where there is nothing to report. */
  readonly findings: readonly SummaryFinding[];
  /** "Nothing to report" with the figures that say so; null where there is a finding. */
  readonly allClear: string | null;
  /** Predictions for other capacities. Absent where nothing can be predicted. */
  readonly whatIf?: SummaryWhatIf;
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
  /** Its PID as it sees it itself. Absent where it is in the host's PID namespace. */
  readonly pidInNamespace?: number;
  /** /proc/PID/comm, unescaped: whatever the process calls itself. */
  readonly comm: string;
  /** Target of /proc/PID/exe, unescaped; null where it could not be read. */
  readonly exe: string | null;
  /** True where faultscope started the process itself. */
  readonly launched: boolean;
  /** False where the process had ended by the end of the window. */
  readonly alive: boolean;
  /** What runs its code; null where it was not looked at. */
  readonly runtime: SummaryRuntime | null;
  /** How it ended; null while it lives, and where that is not known (only a launched process tells). */
  readonly exit: SummaryExit | null;
}

export interface SummaryRuntime {
  /** `native`: threads of the operating system and no runtime known to faultscope. */
  readonly kind: 'go' | 'node' | 'native';
  /** As the binary says it, unescaped; null where it is not known. */
  readonly version: string | null;
  /** How many threads can run its code at once; null where that is not known. */
  readonly capacity: number | null;
  /** Where the capacity is from, or why there is none; null where nothing is to be said. */
  readonly capacitySource: string | null;
  /** How goroutines were verified, or why they cannot be told; null where that is no question. */
  readonly goroutineDetail: string | null;
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
  /** Of majorFaults, those that never slept (zram; another thread's read came first): their time is in timeNs.onCpu. */
  readonly majorFaultsNoSleep: number;
  /** Thread time blocked inside major faults, ns: run-queue time not included, open waits included. */
  readonly faultWaitNs: number;
  /** Time average of min(level, capacity) / capacity; null where no capacity is known. */
  readonly lostParallelism: number | null;
  /** Sampled time with level >= capacity, ns; null where no capacity is known. */
  readonly fullStallNs: number | null;
  /** Full stalls of at least a millisecond; null where no capacity is known. */
  readonly fullStalls: number | null;
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
  /** How many were measured. */
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

export interface SummaryStalls {
  /** At the end of the window; null where none is known. */
  readonly capacity: number | null;
  /** Sampled time by level, from level 0 on, ns. */
  readonly levelNs: readonly number[];
  /** Sampled time, ns. */
  readonly sampledNs: number;
  /** Longest full stalls first. */
  readonly longest: readonly SummaryStall[];
  /** How even the sampling was. */
  readonly samples: SummarySamples;
}

export interface SummaryStall {
  /** Begin, ns since the begin of the window. */
  readonly startNs: number;
  /** Length, ns. */
  readonly durationNs: number;
  /** Highest level sampled in it. */
  readonly level: number;
  /** Capacity at that time. */
  readonly capacity: number;
  /** Threads stuck in it; null where that was not sent (only long ones tell). */
  readonly tids: readonly number[] | null;
}

export interface SummarySamples {
  /** How often the level was sampled. */
  readonly count: number;
  /** Of those, more than 2 ms after the one before. */
  readonly late: number;
  /** Longest time between two samples, ns. */
  readonly longestGapNs: number;
}

export interface SummaryGoroutines {
  /** By start function, most fault time first. Exact. */
  readonly functions: readonly SummaryGoroutineFunction[];
  /** Single goroutines, most fault time first, estimated from single faults. */
  readonly top: readonly SummaryGoroutine[];
  /** Goroutines of which a single fault arrived; a lower bound. */
  readonly seen: number;
}

export interface SummaryGoroutineFunction {
  /** Function the goroutine was started with, unescaped; null where it has no name, or there was no goroutine. */
  readonly start: string | null;
  /** Completed major faults. */
  readonly majorFaults: number;
  /** Latency of those, ns. */
  readonly faultWaitNs: number;
  /** Longest, ns. */
  readonly maxNs: number;
  /** Of majorFaults, those that held a P. */
  readonly pHoldingFaults: number;
  /** Of faultWaitNs, what was spent holding a P, ns. */
  readonly pHoldingWaitNs: number;
}

export interface SummaryGoroutine {
  /** Goroutine ID, decimal: a string, because JSON numbers end at 2^53. */
  readonly goid: string;
  /** Function it was started with, unescaped; null where it has no name. */
  readonly start: string | null;
  /** Estimated. */
  readonly majorFaults: number;
  /** Estimated, ns. */
  readonly faultWaitNs: number;
  /** Share of its faults that held a P. */
  readonly pHolding: number;
}

export interface SummaryMapping {
  /** `file` also where it lives in memory (memfd, /dev/shm); `other` is what the kernel or a device maps. */
  readonly of: MappingKind;
  /** As /proc/PID/maps has it, unescaped; null without one. All mappings of one path are one row. */
  readonly path: string | null;
  /** Mapped at the end of the window, as far as faults were seen in it, bytes. */
  readonly sizeBytes: number;
  /** Estimated. */
  readonly majorFaults: number;
  /** Estimated, ns. */
  readonly faultWaitNs: number;
}

export interface SummarySymptoms {
  /** Time they were taken over, ns. */
  readonly durationNs: number;
  /** The process, in CPUs: 1 is one CPU busy all the time. */
  readonly process: SummaryProcessSymptoms;
  /** Shares of the time of all CPUs of the host; they add up to 1. */
  readonly host: SummaryHostSymptoms;
  /** Shares of the time in which tasks were held up for memory; null where the kernel has no PSI. */
  readonly memoryPressure: SummaryPressure | null;
  /** Shares of the time in which tasks were held up for I/O; null where the kernel has no PSI. */
  readonly ioPressure: SummaryPressure | null;
}

export interface SummaryProcessSymptoms {
  /** In user mode. */
  readonly userCpus: number;
  /** In the kernel. */
  readonly systemCpus: number;
  /** Threads blocked in major faults or other disk I/O, on average. */
  readonly ioWaitThreads: number;
}

export interface SummaryHostSymptoms {
  /** User mode, nice included. */
  readonly user: number;
  /** Kernel, interrupts included. */
  readonly system: number;
  /** Idle with I/O outstanding. */
  readonly iowait: number;
  /** Idle. */
  readonly idle: number;
  /** Taken by the hypervisor. */
  readonly steal: number;
}

export interface SummaryPressure {
  /** Some tasks were held up. */
  readonly some: number;
  /** All were. */
  readonly full: number;
}

export interface SummaryRequests {
  /** Requests answered. */
  readonly count: number;
  /** Mean, ns; null where there is none. */
  readonly meanNs: number | null;
  /** From the first receive to the next send on a socket. */
  readonly latency: SummaryLatency;
  /** Estimated from single requests; null where no capacity is known. */
  readonly byStall: SummaryRequestsByStall | null;
}

export interface SummaryRequestsByStall {
  /** Those that overlap a full stall. */
  readonly overlapping: SummaryRequestShare;
  /** Those that do not. */
  readonly clear: SummaryRequestShare;
}

export interface SummaryRequestShare {
  /** Estimated. */
  readonly count: number;
  /** Mean, ns; null where there is none. */
  readonly meanNs: number | null;
  /** Median, ns; null where there is none. */
  readonly p50Ns: number | null;
  /** 99th percentile, ns; null where there is none. */
  readonly p99Ns: number | null;
}

export interface SummaryFinding {
  /** Which finding it is. */
  readonly id: FindingId;
  /** `stall`: the program stands still; `problem`: it loses time; `note`: worth knowing. */
  readonly severity: 'stall' | 'problem' | 'note';
  /** One sentence. */
  readonly title: string;
  /** What it rests on. */
  readonly evidence: readonly string[];
  /** How sure it is. */
  readonly confidence: 'high' | 'medium' | 'low';
  /** What would help, best first. */
  readonly remedies: readonly string[];
}

export interface SummaryWhatIf {
  /** What is assumed. */
  readonly assumptions: readonly string[];
  /** The capacity it was measured at first, then larger ones. */
  readonly capacities: readonly SummaryPrediction[];
  /** Smallest capacity that brings full stalls under 1 % of the time; null where none does. */
  readonly enough: number | null;
  /** The same reads as pread(2); null where it cannot be said. */
  readonly asPread: SummaryAsPread | null;
}

export interface SummaryPrediction {
  /** Capacity. */
  readonly capacity: number;
  /** Share of the time with level >= capacity. */
  readonly fullStallFraction: SummaryRange;
  /** Time average of min(level, capacity) / capacity. */
  readonly lostParallelism: SummaryRange;
}

export interface SummaryRange {
  /** If the device keeps up. */
  readonly low: number;
  /** If it gives no more a second than now. */
  readonly high: number;
}

export interface SummaryAsPread {
  /** Share of the time with level >= capacity. */
  readonly fullStallFraction: number;
  /** Time average of min(level, capacity) / capacity. */
  readonly lostParallelism: number;
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
  /** The page it read; null where it read none of a file, and where the kernel does not tell. */
  readonly page: SummaryPage | null;
  /** Why the page was not there; absent where that is not known of this one (probe set `pagecache`). */
  readonly cause?: SummaryFaultCause;
}

export interface SummaryFaultCause {
  /** As in pageCache.causes. */
  readonly cause: FaultCause;
  /** With `refault`: the process that evicted the page, its name unescaped, and how; null for other causes. */
  readonly evictor: SummaryFaultEvictor | null;
  /** With `refault`: since the eviction, ns; null for other causes. */
  readonly ageNs: number | null;
}

export interface SummaryFaultEvictor {
  /** Process ID. */
  readonly pid: number;
  /** /proc/PID/comm, unescaped; null where it is not known. */
  readonly comm: string | null;
  /** As in evictors. */
  readonly way: EvictionWay;
}

export interface SummaryPage {
  /** The file as the target sees it, unescaped; null where no name was found. */
  readonly path: string | null;
  /** Its device as the kernel has it, "major:minor". */
  readonly device: string;
  /** Its inode: a string, because JSON numbers end at 2^53. */
  readonly inode: string;
  /** Where in the file the page begins, bytes; above 2^53 to the nearest that JSON can say. */
  readonly offset: number;
}

export interface SummaryQuality {
  /** Traced major faults held against the kernel's own count. */
  readonly coverage: SummaryCoverage;
  /** Single faults, requests and threads of full stalls that were sent and never arrived. */
  readonly lostEvents: number;
  /** Waits and threads for which a kernel map had no room, and whole dumps that are missing. */
  readonly droppedRecords: number;
  /** How many single faults arrive. Counts and sums do not depend on it. */
  readonly sampling: SummarySampling;
  /** Largest |residueNs| / lifetimeNs over threads that lived at least a second; null while there is none. */
  readonly worstResidueFraction: number | null;
  /** What looking on cost. Absent before the first reading, and in recordings from before it was metered. */
  readonly overhead?: SummaryOverhead;
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
