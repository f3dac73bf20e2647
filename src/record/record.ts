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
  | EntryFaultsRecord
  | EntryLatencyRecord
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
}

export const PROBE_SETS = ['threads', 'entry'] as const;
export type ProbeSet = (typeof PROBE_SETS)[number];

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
  /** `first`: where this thread's account begins. `latest`: the last one so far. `last`: its end. */
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
   * `events`: single faults or thread ends that were printed and never arrived. `dump`: a whole map dump missing.
   * Because a kernel map was full: `waits` and `faults` not counted, `switches` of threads that have no row.
   * `registers`: the saved user registers are not where this variant looks for them; no cause can be told.
   * `garbage`: lines that no script of ours prints.
   */
  readonly what: 'events' | 'dump' | 'waits' | 'faults' | 'switches' | 'registers' | 'garbage';
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
