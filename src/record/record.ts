import type { CostRecord, GovernorRecord } from './cost.js';
import type { FileFaultsRecord, FilePage, FileRecord, ResidencyGapRecord, ResidencyRecord } from './files.js';
import type { MemoryCgroupRecord } from './memory-cgroup.js';
import type {
  ActorRecord,
  EvictionsRecord,
  FaultCauseRecord,
  FillRecord,
  PageSamplingRecord,
  SingleCauseRecord,
} from './page-cache.js';
import type { StackRecord, StackTotalRecord, SymbolRecord } from './stacks.js';
import type { DeviceRecord, IoCellRecord } from './storage.js';
import type { WakeChainRecord, WakeRecord, WakerNameRecord } from './wakers.js';

/**
 * The one contract between what observes (kernel scripts, /proc) and what understands (the model): a session is a
 * sequence of these records, the same whether it is live, being recorded or replayed.
 *
 * Clock: every `atNs` is CLOCK_MONOTONIC in nanoseconds, the clock of bpf_ktime_get_ns() and of
 * process.hrtime.bigint(). Values that count since boot or since a thread's birth are bigint, because they pass 2^53
 * after 104 days; what counts since the session began is number.
 */
export type FaultscopeRecord =
  | SessionRecord
  | ProbeRecord
  | ThreadRecord
  | SampleRecord
  | ProcessRecord
  | GoneRecord
  | SwitchRecord
  | WaitRecord
  | FaultRecord
  | LevelRecord
  | SampleGapRecord
  | StallRecord
  | StallMemberRecord
  | GoroutineFaultsRecord
  | RuntimeRecord
  | FunctionRecord
  | RoleRecord
  | GoroutineCensusRecord
  | SystemRecord
  | MappingRecord
  | UnmappedRecord
  | RequestCellRecord
  | RequestRecord
  | EntryFaultsRecord
  | EntryLatencyRecord
  | FileRecord
  | FileFaultsRecord
  | ResidencyRecord
  | ResidencyGapRecord
  | ActorRecord
  | EvictionsRecord
  | FillRecord
  | FaultCauseRecord
  | SingleCauseRecord
  | PageSamplingRecord
  | MemoryCgroupRecord
  | DeviceRecord
  | IoCellRecord
  | StackRecord
  | StackTotalRecord
  | SymbolRecord
  | WakeRecord
  | WakerNameRecord
  | WakeChainRecord
  | CostRecord
  | GovernorRecord
  | LossRecord
  | TickRecord
  | EndRecord;

/** First record of every session: who is observed, on what. */
export interface SessionRecord {
  readonly kind: 'session';
  readonly formatVersion: 1;
  readonly toolVersion: string;
  /** Wall clock at `atNs`, milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly atNs: bigint;
  readonly host: HostFacts;
  readonly target: TargetFacts;
  /** Whose numbers the target's system calls have: the host's `arch`, or "i386" for a 32-bit program on x86-64. */
  readonly syscallTable: string;
}

export interface HostFacts {
  /** uname -r */
  readonly kernel: string;
  /** uname -m, e.g. x86_64 */
  readonly arch: string;
  readonly cpus: number;
  /** Bytes of a page; absent in sessions recorded before it was told, where it is taken for 4096. */
  readonly pageBytes?: number;
  /** Version as `bpftrace --version` prints it, without the leading v; null where it could not be read. */
  readonly bpftrace: string | null;
}

export interface TargetFacts {
  readonly pid: number;
  /** /proc/PID/comm: an outside string. */
  readonly comm: string;
  /** readlink /proc/PID/exe: an outside string; null where it cannot be read. */
  readonly exe: string | null;
  /** True where faultscope started the target itself (`-- CMD ARGS`). */
  readonly launched: boolean;
  /** Its PID as it sees it itself; absent where it is in the host's PID namespace. */
  readonly pidInNamespace?: number;
}

export const PROBE_SETS = ['threads', 'entry', 'requests', 'pagecache', 'storage', 'stacks', 'wakers'] as const;
export type ProbeSet = (typeof PROBE_SETS)[number];

/** Sets that can be started and stopped while the session runs. */
export type SwitchableSet = Exclude<ProbeSet, 'threads'>;

/** Sets that run when asked for, and only then. */
export const OPTIONAL_SETS = ['requests', 'pagecache', 'storage', 'stacks', 'wakers'] as const;
export type OptionalSetName = (typeof OPTIONAL_SETS)[number];

/** A probe set changed its state. The latest one per set counts. */
export interface ProbeRecord {
  readonly kind: 'probe';
  readonly atNs: bigint;
  readonly set: ProbeSet;
  readonly state: 'starting' | 'running' | 'stopped' | 'failed';
  /** What was found by trying, e.g. "rawtracepoint, x86-64 registers". */
  readonly variant: string | null;
  /** Why it stopped, failed, or was (not) started; one sentence. */
  readonly detail: string | null;
}

/** The host saw a thread, for the first time or under a new name. */
export interface ThreadRecord {
  readonly kind: 'thread';
  readonly atNs: bigint;
  readonly tid: number;
  /** Start time in clock ticks since boot, /proc/PID/task/TID/stat field 22: with the tid it names a thread for good. */
  readonly startTicks: number;
  /** /proc/PID/task/TID/comm: an outside string. */
  readonly name: string;
}

/** One reading of a thread's own accounting. */
export interface SampleRecord {
  readonly kind: 'sample';
  readonly atNs: bigint;
  readonly tid: number;
  readonly startTicks: number;
  /** /proc/PID/task/TID/schedstat, first field (se.sum_exec_runtime). */
  readonly onCpuNs: bigint;
  /** /proc/PID/task/TID/schedstat, second field (sched_info.run_delay). */
  readonly runQueueNs: bigint;
  /** State letter of /proc/PID/task/TID/stat: R S D T t Z X I. */
  readonly state: string;
  /** /proc/PID/task/TID/stat field 12. */
  readonly majorFaults: number;
  /** /proc/PID/task/TID/stat field 10. */
  readonly minorFaults: number;
  /**
   * What a thread that was already off-CPU when it was first seen waits in, from /proc/PID/task/TID/syscall; absent on
   * later samples and for a running thread.
   */
  readonly waitingIn?: WaitingIn;
}

export interface WaitingIn {
  /** Syscall number; -1 for a page fault or another exception. */
  readonly syscall: number;
  /** Second argument, which for futex(2) is the operation. */
  readonly arg1: bigint;
}

/** One reading of the whole process and of the host. */
export interface ProcessRecord {
  readonly kind: 'process';
  readonly atNs: bigint;
  /** /proc/PID/stat field 12: all threads, ended ones too. */
  readonly majorFaults: number;
  /**
   * The same, read when the dump of the kernel script's maps began that this reading follows: what the maps say was so
   * at a moment in between. Null where it follows no dump.
   */
  readonly majorFaultsBefore: number | null;
  /** /proc/PID/stat field 10. */
  readonly minorFaults: number;
  readonly threads: number;
  /** /proc/vmstat pgfault: every fault on the host. */
  readonly hostFaults: number;
}

/** The host no longer finds this thread. */
export interface GoneRecord {
  readonly kind: 'gone';
  readonly atNs: bigint;
  readonly tid: number;
  readonly startTicks: number;
}

/** Names a thread as the kernel script does: `generation` is the low 14 bits of its start time in clock ticks. */
export interface ThreadRef {
  readonly tid: number;
  readonly generation: number;
}

/** One switch-out of a thread, with its accounting at that moment. */
export interface SwitchRecord extends ThreadRef {
  readonly kind: 'switch';
  /** `first`: where the account of one begins that was not `born`. `latest`: the last one so far. `last`: its end. */
  readonly event: 'first' | 'latest' | 'last';
  readonly atNs: bigint;
  readonly onCpuNs: bigint;
  readonly runQueueNs: bigint;
  /** Why it left the CPU, as packed by bpf/threads.bt (src/model/code.ts unpacks it). */
  readonly code: number;
  /** The blocked clock (now - on-CPU - run queue) at the first switch-out; the time of birth if `born`. */
  readonly blockedBaseNs: bigint;
  /** It began while we were attached, so that its account begins at its birth. */
  readonly born: boolean;
  /** task->maj_flt, with `first` and `last`. */
  readonly majorFaults: number | null;
}

/** One cell of a thread's histogram of waits: cumulative within `epoch`; a new epoch starts the cell from nought. */
export interface WaitRecord extends ThreadRef {
  readonly kind: 'wait';
  readonly code: number;
  /** Log-linear bucket of the wait's length (src/model/histogram.ts). */
  readonly bucket: number;
  readonly epoch: number;
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number;
}

/** One major fault out of the rationed stream. */
export interface FaultRecord extends ThreadRef {
  readonly kind: 'fault';
  readonly atNs: bigint;
  readonly address: bigint;
  readonly instruction: bigint;
  /** From going off-CPU to the fault's completion; null where the fault never slept. */
  readonly latencyNs: number | null;
  /** How many faults this one stands for; 0 where it was sent only for being long. */
  readonly weight: number;
  /** The page it read, by the kernel's own word; null where it read none of a file, and where the kernel does not tell. */
  readonly page: FilePage | null;
  /** The goroutine that took it; null where the target is no Go program, or its goroutines cannot be told. */
  readonly goroutine: GoroutineRef | null;
}

/** What a thread's `g` said at a fault (runtime.g in runtime/runtime2.go). */
export interface GoroutineRef {
  readonly goid: bigint;
  /** g.atomicstatus without the scan bit: 2 runs Go code and holds a P, 3 is in a system call or in C. */
  readonly status: number;
  /** g.startpc: where its function begins, as an address in the process. */
  readonly startPc: bigint;
}

/**
 * How long the level was sampled to be this, cumulative since the set was attached. The level is the number of threads
 * blocked in a page fault while holding what it takes to run (a P of Go, the one event loop of Node; any thread else).
 */
export interface LevelRecord {
  readonly kind: 'level';
  /** The capacity at that time; 0 where none is known. */
  readonly capacity: number;
  readonly level: number;
  readonly totalNs: number;
}

/** How evenly the level was sampled, cumulative since the set was attached. */
export interface SampleGapRecord {
  readonly kind: 'sample-gap';
  readonly samples: number;
  /** Samples that came more than 2 ms after the one before: a full stall in between may have been missed. */
  readonly late: number;
  readonly longestNs: number;
  /** Full stalls of at least a millisecond that are over: exact, also where single ones did not arrive. */
  readonly fullStalls: number;
}

/** One full stall of at least a millisecond that is over: level >= capacity from its start to its end. */
export interface StallRecord {
  readonly kind: 'stall';
  readonly startNs: bigint;
  readonly durationNs: number;
  /** The highest level sampled in it. */
  readonly level: number;
  readonly capacity: number;
  /** By which {@link StallMemberRecord} names it; null where its members were not sent, because it was short. */
  readonly number: number | null;
}

/** A thread that was blocked in a page fault during the full stalls numbered after + 1 to upTo. */
export interface StallMemberRecord extends ThreadRef {
  readonly kind: 'stall-member';
  readonly after: number;
  readonly upTo: number;
}

/**
 * Major faults by the start function of the goroutine that took them and by whether it held a P: exact, cumulative, one
 * cell a CPU (the sum over CPUs is the figure).
 */
export interface GoroutineFaultsRecord {
  readonly kind: 'goroutine-faults';
  readonly cpu: number;
  /** An address in the process; 0 where the thread had no goroutine, or none could be read. */
  readonly startPc: bigint;
  readonly holding: boolean;
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number;
}

/** What runs the target's code, as far as it can be told. The latest one counts. */
export interface RuntimeRecord {
  readonly kind: 'runtime';
  readonly atNs: bigint;
  readonly runtime: RuntimeFacts;
}

export interface RuntimeFacts {
  /** `native`: threads of the operating system and no runtime known to us. */
  readonly kind: 'go' | 'node' | 'native';
  /** e.g. "go1.22.3" or "v20.19.2": an outside string; null where it is not known. */
  readonly version: string | null;
  /** How many threads can run its code at once; null where nothing bounds that, or the bound is not known. */
  readonly capacity: number | null;
  /** Where it is from, e.g. "GOMAXPROCS, read from the process", or why there is none; null where nothing is to be said. */
  readonly capacitySource: string | null;
  /** Faults carry their goroutine. */
  readonly goroutines: boolean;
  /** How goroutines were verified, or why they cannot be told; null where that is no question. */
  readonly goroutineDetail: string | null;
}

/** The name of a function of the target. */
export interface FunctionRecord {
  readonly kind: 'function';
  /** Where it begins, an address in the process. */
  readonly pc: bigint;
  /** e.g. main.(*Server).handle: an outside string. */
  readonly name: string;
}

/** A thread serves the runtime itself. */
export interface RoleRecord {
  readonly kind: 'role';
  readonly tid: number;
  readonly startTicks: number;
  /** `sysmon`: Go's monitor, which runs without a P (runtime/proc.go). */
  readonly role: 'sysmon';
}

/** How many goroutines there are of a start function, by status: one reading of runtime.allgs. */
export interface GoroutineCensusRecord {
  readonly kind: 'goroutine-census';
  readonly atNs: bigint;
  /** All that were read; only the most numerous are in `cells`. */
  readonly total: number;
  readonly cells: readonly {
    readonly startPc: bigint;
    readonly runnable: number;
    readonly running: number;
    readonly syscall: number;
    readonly waiting: number;
  }[];
}

/** What the target and its host used of the CPUs and waited for; everything cumulative. */
export interface SystemRecord {
  readonly kind: 'system';
  readonly atNs: bigint;
  /** /proc/PID/stat fields 14 and 15, in ticks of 10 ms (USER_HZ is 100). */
  readonly userTicks: number;
  readonly systemTicks: number;
  /** First line of /proc/stat, all CPUs together, in ticks; `user` with nice, `system` with irq and softirq. */
  readonly host: {
    readonly userTicks: number;
    readonly systemTicks: number;
    readonly iowaitTicks: number;
    readonly idleTicks: number;
    readonly stealTicks: number;
  };
  /** /proc/pressure/memory and io: total time in which some, or all, tasks were held up, in us; null without PSI. */
  readonly memoryPressure: PressureTotals | null;
  readonly ioPressure: PressureTotals | null;
}

export interface PressureTotals {
  readonly someUs: number;
  readonly fullUs: number;
}

/** A mapping of the target in which a single fault was (/proc/PID/maps). One with the same start replaces it. */
export interface MappingRecord {
  readonly kind: 'mapping';
  readonly atNs: bigint;
  readonly start: bigint;
  /** Exclusive. */
  readonly end: bigint;
  readonly of: MappingKind;
  /** The path as the line has it, an outside string; null without one. */
  readonly path: string | null;
  /** Where in the file it begins, in bytes. */
  readonly offset: bigint;
  /** The file as /proc/PID/maps has it, 0 and 0 without one; on overlayfs another one than the kernel's page cache knows. */
  readonly device: number;
  readonly inode: bigint;
}

/** What was told of these addresses is not true any more: a fault there could not be placed in any mapping. */
export interface UnmappedRecord {
  readonly kind: 'unmapped';
  readonly atNs: bigint;
  readonly start: bigint;
  /** Exclusive. */
  readonly end: bigint;
}

/** `shared`: memory shared between processes that has no file of its own (shm, memfd, /dev/zero). */
export const MAPPING_KINDS = ['file', 'anonymous', 'heap', 'stack', 'shared', 'other'] as const;
export type MappingKind = (typeof MAPPING_KINDS)[number];

/** One cell of the histogram of service times (bpf/requests.bt), cumulative. */
export interface RequestCellRecord {
  readonly kind: 'request-cell';
  readonly bucket: number;
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number;
}

/** One request out of a rationed stream: from the first receive to the next send on its socket. */
export interface RequestRecord {
  readonly kind: 'request';
  /** When it was answered. */
  readonly atNs: bigint;
  readonly durationNs: number;
  /** How many requests this one stands for; 0 where it was sent only for being long. */
  readonly weight: number;
}

/** Cumulative page faults taken from user mode, minor ones too (bpf/entry.bt). */
export interface EntryFaultsRecord extends ThreadRef {
  readonly kind: 'entry-faults';
  readonly count: number;
}

/** One cell of the histogram of major fault latency measured from the fault's entry (bpf/entry.bt). */
export interface EntryLatencyRecord extends ThreadRef {
  readonly kind: 'entry-latency';
  readonly bucket: number;
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number;
}

/** Something that happened was not recorded. */
export interface LossRecord {
  readonly kind: 'loss';
  readonly atNs: bigint;
  readonly set: ProbeSet;
  /**
   * `events`: single faults, requests or threads of full stalls that were printed and never arrived. `dump`: a whole map dump missing.
   * Because a kernel map was full: `waits`, `faults` and `requests` not counted, `switches` of threads that have no row, faults
   * not laid to their `goroutines`, threads or faults not laid to `files`, waits not laid to who ended them (`wakes`), or to a
   * fault of who did (`chains`), evicted `pages` not counted, page faults whose `causes` were not looked for. `stalls`: single
   * full stalls that no longer had room; their number and time are exact.
   * `registers`: the saved user registers are not where this variant looks for them; no cause can be told.
   * `io`: block I/O of which the beginning had no room, or the end was not seen.
   * `garbage`: lines that no script of ours prints.
   */
  readonly what:
    | 'events'
    | 'dump'
    | 'waits'
    | 'faults'
    | 'requests'
    | 'switches'
    | 'goroutines'
    | 'files'
    | 'wakes'
    | 'chains'
    | 'pages'
    | 'causes'
    | 'stalls'
    | 'registers'
    | 'io'
    | 'garbage';
  /** How many were lost since the last record of this kind; a lower bound for `dump`. */
  readonly count: number;
}

/** All records of one moment are in; views may draw. */
export interface TickRecord {
  readonly kind: 'tick';
  readonly atNs: bigint;
}

/** Last record. */
export interface EndRecord {
  readonly kind: 'end';
  readonly atNs: bigint;
  readonly reason: 'duration' | 'quit' | 'signal' | 'target-exited' | 'probe-failed' | 'crashed';
  /** Of a launched target that ended by itself. */
  readonly targetExit: { readonly code: number | null; readonly signal: string | null } | null;
}
