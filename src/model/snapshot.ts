import type { HostFacts, MappingKind, ProbeSet, RuntimeFacts, TargetFacts } from '../record/record.js';
import type { Cause, TimePart } from './cause.js';
import type { CostView } from './cost-view.js';
import type { FilesView } from './files-view.js';
import type { MemoryCgroupView } from './memory-cgroup-view.js';
import type { PageCacheView, SingleCauseView } from './page-cache-view.js';
import type { StacksView } from './stacks-view.js';
import type { StorageView } from './storage-view.js';
import type { WakersView } from './wakers-view.js';

/**
 * What the model knows at one moment: plain immutable data, the only thing views, exporters and diagnosis read.
 * Durations are integers of nanoseconds since the session began; null is "not known", never 0.
 */
export interface Snapshot {
  readonly tool: { readonly version: string };
  readonly host: HostFacts;
  readonly target: TargetFacts & { readonly state: TargetState };
  /** Null until it was looked at. */
  readonly runtime: RuntimeFacts | null;
  readonly window: { readonly startedAtMs: number; readonly startNs: bigint; readonly durationNs: number };
  readonly probes: readonly ProbeStatus[];
  readonly totals: Totals;
  /** In order of appearance; ended threads keep their row. */
  readonly threads: readonly ThreadView[];
  /** Oldest first, at most {@link HISTORY_POINTS}; each spans `durationNs`. */
  readonly history: readonly HistoryPoint[];
  /** Longest first, at most {@link LONGEST_FAULTS}. */
  readonly longestFaults: readonly FaultView[];
  /** Null before the first sample. */
  readonly stalls: StallsView | null;
  /** Null where the target is no Go program or its goroutines cannot be told (runtime.goroutineDetail says why). */
  readonly goroutines: GoroutinesView | null;
  /** Where in memory the faults were, most faults first, at most 20: estimated from single faults. */
  readonly mappings: readonly MappingView[];
  /** Over the whole session; null before the second reading. */
  readonly symptoms: Symptoms | null;
  /** Null unless the set `requests` has run. */
  readonly requests: RequestsView | null;
  /** Null before the first major fault. */
  readonly files: FilesView | null;
  /** Null unless the set `pagecache` has run. */
  readonly pageCache: PageCacheView | null;
  /** Null where no memory cgroup with a limit bounds the target, or it could not be read. */
  readonly memoryCgroup: MemoryCgroupView | null;
  /** Null unless the set `storage` has run. */
  readonly storage: StorageView | null;
  /** Null unless the set `stacks` has run. */
  readonly stacks: StacksView | null;
  /** Null unless the set `wakers` has run. */
  readonly wakers: WakersView | null;
  /** What looking on costs; null before the first reading, and in recordings from before it was metered. */
  readonly cost: CostView | null;
  readonly quality: Quality;
}

export const HISTORY_POINTS = 600;
export const LONGEST_FAULTS = 100;
/** Full stalls kept one by one: the longest, and the latest. */
export const LONGEST_STALLS = 20;
export const RECENT_STALLS = 50;
/** Single goroutines kept, those with most fault time. */
export const TOP_GOROUTINES = 50;

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
  /** Of these, those that never slept: their time is CPU time, and in no wait. */
  readonly majorFaultsNoSleep: number;
  /** Blocked inside major faults, run-queue time not included, open ones included. */
  readonly faultWaitNs: number;
  /** Over the last interval. */
  readonly majorFaultRateHz: number;
  /** From /proc/PID/stat minflt, over the last interval; null before the second reading. */
  readonly minorFaultRateHz: number | null;
  /** From going off-CPU to the fault's completion; faults that never slept are not in it. */
  readonly faultLatency: Distribution;
  /** What `faultLatency` is read from. */
  readonly faultHistogram: readonly HistogramCell[];
  /** Sum of those latencies. */
  readonly faultLatencyNs: number;
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
  /** It serves the runtime itself. */
  readonly role: 'sysmon' | null;
}

export type ThreadNow =
  | { readonly doing: 'running' }
  | { readonly doing: 'run-queue' }
  | {
      readonly doing: 'waiting';
      readonly cause: Cause;
      readonly syscall: string | null;
      /** See {@link WaitView}. */
      readonly runtimeWord: string | null;
      readonly forNs: number | null;
    }
  | { readonly doing: 'ended' }
  | { readonly doing: 'unknown' };

export interface WaitView {
  readonly cause: Cause;
  /** The syscall it waited in; null for a page fault taken in user mode. */
  readonly syscall: string | null;
  /** What the runtime calls it, e.g. "netpoll", "idle M", "sysmon"; null where that is nothing of the runtime. */
  readonly runtimeWord: string | null;
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
  /** Null where the level was not sampled. */
  readonly level: LevelPoint | null;
  /** Null where they were not read. */
  readonly symptoms: Symptoms | null;
  /** Null while the set `requests` does not run. */
  readonly requests: RequestsPoint | null;
}

/** The level within a span. */
export interface LevelPoint {
  /** How much of the span was sampled. */
  readonly sampledNs: number;
  /** Sum of level x time. */
  readonly levelTimeNs: number;
  /** level >= capacity; 0 while no capacity is known. */
  readonly fullNs: number;
  /** Sum of min(level, capacity) / capacity x time; 0 while no capacity is known. */
  readonly lostNs: number;
}

/**
 * How many threads of the target are stuck in page faults at once. Only those count that hold what it takes to run: a P
 * of Go, the event loop of Node; every thread of other programs.
 */
export interface StallsView {
  /** At present; null where none is known: then there are no full stalls to tell of. */
  readonly capacity: number | null;
  /** Sampled time by level, from level 0 on. */
  readonly levelNs: readonly number[];
  readonly sampledNs: number;
  /** Sampled time with level >= capacity. */
  readonly fullNs: number;
  /** Sampled time by the share of the capacity that was stuck: the integral of min(level, capacity) / capacity. */
  readonly lostNs: number;
  /** Time average of min(level, capacity) / capacity; null without a capacity. */
  readonly lostParallelism: number | null;
  /** Full stalls of at least a millisecond that are over. */
  readonly fullStalls: number;
  /** Longest first. */
  readonly longest: readonly StallView[];
  /** Oldest first. */
  readonly recent: readonly StallView[];
  /** Over the latest interval; null before the second reading. */
  readonly now: { readonly level: number; readonly fullFraction: number } | null;
  /** Share of full stalls in the time of the last ten seconds or so. */
  readonly recentFullFraction: number | null;
  readonly samples: { readonly count: number; readonly late: number; readonly longestGapNs: number };
}

export interface StallView {
  /** Since the session began. */
  readonly startNs: number;
  readonly durationNs: number;
  readonly level: number;
  readonly capacity: number;
  /** Those stuck in it; null where that was not sent (only long ones tell). */
  readonly threads: readonly { readonly tid: number; readonly name: string | null }[] | null;
}

export interface GoroutinesView {
  /** By start function, most fault time first. Exact. */
  readonly functions: readonly GoroutineFunction[];
  /** Single goroutines, most fault time first, at most {@link TOP_GOROUTINES}: estimated from single faults. */
  readonly top: readonly GoroutineView[];
  /** Goroutines of which a single fault arrived; a lower bound. */
  readonly seen: number;
}

export interface GoroutineFunction {
  readonly startPc: bigint;
  /** An outside string; null where it has no name; the faults of threads without a goroutine are under startPc 0. */
  readonly start: string | null;
  readonly majorFaults: number;
  readonly faultWaitNs: number;
  readonly maxNs: number;
  /** Of those, with the goroutine holding a P. */
  readonly holdingFaults: number;
  readonly holdingWaitNs: number;
  /**
   * Mean number of goroutines of this function while it faulted, able to run (runnable, running, in C) and waiting; null
   * is not known.
   */
  readonly census: { readonly active: number; readonly waiting: number } | null;
}

export interface GoroutineView {
  readonly goid: bigint;
  readonly start: string | null;
  /** Estimated: the weights of the single faults that arrived. */
  readonly majorFaults: number;
  readonly faultWaitNs: number;
  /** Share of its faults that held a P. */
  readonly holdingFraction: number;
}

export interface MappingView {
  readonly of: MappingKind;
  /** An outside string; null without one. All mappings of one path are one row. */
  readonly path: string | null;
  /** Mapped, as far as faults were seen in it. */
  readonly sizeBytes: number;
  /** Estimated: the weights of the single faults that arrived. */
  readonly majorFaults: number;
  readonly faultWaitNs: number;
}

/** What one sees from outside, as shares of `durationNs`. */
export interface Symptoms {
  readonly durationNs: number;
  /** The target's, in CPUs: 1 is one CPU busy all the time. From /proc/PID/stat, by ticks of 10 ms. */
  readonly process: {
    readonly userCpus: number;
    readonly systemCpus: number;
    /** Threads blocked in major faults or other disk I/O, on average: what iowait is to the host. */
    readonly ioWaitThreads: number;
  };
  /** The host's, as shares of all its CPUs' time; they add up to 1. */
  readonly host: {
    readonly user: number;
    readonly system: number;
    readonly iowait: number;
    readonly idle: number;
    readonly steal: number;
  };
  /** PSI: share of the time in which some, or all, tasks of the host were held up; null where the kernel has none. */
  readonly memoryPressure: { readonly some: number; readonly full: number } | null;
  readonly ioPressure: { readonly some: number; readonly full: number } | null;
}

/** Service times: from the first receive to the next send on a server's socket. */
export interface RequestsView {
  readonly count: number;
  /** Over the last interval. */
  readonly rateHz: number;
  readonly meanNs: number | null;
  readonly totalNs: number;
  readonly latency: Distribution;
  readonly histogram: readonly HistogramCell[];
  /** Those that overlap a full stall against those that do not, estimated from single requests; null without a capacity. */
  readonly byStall: { readonly overlapping: RequestShare; readonly clear: RequestShare } | null;
}

export interface RequestShare {
  /** Estimated: the weights of the single requests that arrived. */
  readonly count: number;
  readonly meanNs: number | null;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
}

export interface RequestsPoint {
  readonly count: number;
  /** Its maximum may be up to a bucket below the true one, where a longer request of the same bucket came earlier. */
  readonly latency: Distribution;
}

export interface FaultView {
  /** Since the session began. */
  readonly atNs: number;
  readonly tid: number;
  readonly threadName: string | null;
  readonly address: bigint;
  readonly instruction: bigint;
  readonly latencyNs: number;
  /** What it read, by the kernel's own word; null where it read no page of a file, and where the kernel does not tell. */
  readonly page: PageView | null;
  /** Null where it is not known: the set `pagecache` did not run, or this one was not sent. */
  readonly cause: SingleCauseView | null;
}

/** Where a single fault was. */
export interface FaultPlaceView {
  /** `unknown`: the kernel named the page's file, no mapping told what it is called. */
  readonly of: MappingKind | 'unknown';
  /** As the target sees it: an outside string; null without one. */
  readonly path: string | null;
  /** As in {@link PageView}; null without a file, and where the kernel does not tell the page. */
  readonly device: string | null;
  readonly inode: bigint | null;
  /** Where in the file the page begins; null without a file. */
  readonly offsetBytes: bigint | null;
}

/** A place in a file. */
export interface PageView {
  /** As the target sees it: an outside string; null where no name was found. */
  readonly path: string | null;
  /** "major:minor" as the kernel has it. */
  readonly device: string;
  readonly inode: bigint;
  /** Where in the file the page begins. */
  readonly offsetBytes: bigint;
}

/** How far the figures can be trusted. */
export interface Quality {
  readonly coverage: Coverage;
  /** Single faults, requests and threads of full stalls that were sent and never arrived. */
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
