import { monotonicNs } from '../host/clock.js';
import { MemoryCgroupReader } from '../host/memory-cgroup.js';
import { TaskSampler } from '../host/sampler.js';
import { SymptomReader } from '../host/symptoms.js';
import { hasTracepoint } from '../host/tracepoints.js';
import { runs32Bits } from '../host/word-size.js';
import type { ProbeRunner } from '../probe/runner.js';
import type { Budget } from '../record/cost.js';
import type {
  EndRecord,
  FaultscopeRecord,
  HostFacts,
  OptionalSetName,
  SwitchableSet,
  TargetFacts,
} from '../record/record.js';
import { CostControl } from './cost-control.js';
import { EntrySet } from './entry-set.js';
import { fileSystemsOf } from './file-systems.js';
import { FileWatch } from './file-watch.js';
import { MappingWatch, mappingSource } from './mapping-watch.js';
import type { OptionalSet } from './optional-set.js';
import { optionalSets } from './optional-sets.js';
import { ReadableFiles } from './readable-files.js';
import { ResidencyWatch, residencyReader } from './residency-watch.js';
import { RuntimeWatch } from './runtime-watch.js';
import { startThreadsSet } from './threads-set.js';

export interface SessionOptions {
  readonly toolVersion: string;
  readonly host: HostFacts;
  readonly target: TargetFacts;
  readonly bpftrace: string;
  readonly intervalMs: number;
  /** `on`: bpf/entry.bt runs whatever it costs; `auto`: where it costs next to nothing. */
  readonly exact: 'on' | 'auto';
  /** These run from the start, the others when they are switched on. */
  readonly sets: readonly OptionalSetName[];
  /** How many threads can run the target's code at once, whatever its runtime says; null where that counts. */
  readonly capacity: number | null;
  /** What looking on may cost; null where it may cost anything. */
  readonly budget: Budget | null;
  /** Threads the target has, which the kernel maps are sized by. */
  readonly threads: number;
  readonly emit: (record: FaultscopeRecord) => void;
}

/** Tens of faults happen within this where there are ten thousand a second: no coverage would show it. */
const LATE_NS = 3_000_000n;

export type EndReason = EndRecord['reason'];

/** One observation of one process: probe sets and /proc readings, merged into one stream of records. */
export class Session {
  readonly #options: SessionOptions;
  readonly #sampler: TaskSampler;
  readonly #symptoms: SymptomReader;
  readonly #memoryCgroup: MemoryCgroupReader;
  readonly #mappings: MappingWatch;
  readonly #files: FileWatch;
  readonly #readable: ReadableFiles;
  readonly #residency: ResidencyWatch;
  readonly #entry: EntrySet;
  readonly #optional: ReadonlyMap<OptionalSetName, OptionalSet>;
  readonly #cost: CostControl;
  #threadsSet: ProbeRunner | undefined;
  #runtime: RuntimeWatch | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #lastProcessFaults = 0;
  #faultsBeforeDump: number | null = null;
  #passes = 0;
  #stopped: Promise<void> | undefined;
  #resolveEnded: (end: { reason: EndReason; detail: string | null }) => void = () => {};

  /** Resolves when the session can go on no longer: the target is gone, or the main probe set has failed. */
  readonly ended: Promise<{ reason: EndReason; detail: string | null }>;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#sampler = new TaskSampler(options.target.pid);
    this.#symptoms = new SymptomReader(options.target.pid);
    const { pid } = options.target;
    const tell = (record: FaultscopeRecord): void => options.emit(record);
    const pages = hasTracepoint('filemap', 'mm_filemap_fault');
    this.#memoryCgroup = new MemoryCgroupReader(pid);
    const fileSystems = fileSystemsOf(pid, monotonicNs);
    this.#readable = new ReadableFiles(pid, fileSystems, monotonicNs);
    this.#mappings = new MappingWatch(mappingSource(pid, fileSystems, monotonicNs));
    const common = { emit: tell, nowNs: monotonicNs };
    this.#files = new FileWatch({ ...common, pid, mappings: this.#mappings, fileSystems, pages });
    const read = residencyReader(pid, fileSystems, process.env.PATH);
    this.#residency = new ResidencyWatch({ ...common, files: this.#files, read });
    this.#entry = new EntrySet(options, (record) => this.#emit(record));
    this.#optional = optionalSets(
      options,
      (record) => this.#emit(record),
      () => this.#runtime?.kernelRuntime ?? { kind: 'native' },
      this.#readable,
    );
    const { budget, intervalMs } = options;
    const sets = { entry: this.#entry, optional: this.#optional, mainPid: () => this.#threadsSet?.pid ?? null };
    this.#cost = new CostControl({ ...common, ...sets, budget, intervalMs });
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** Resolves when the first figures are in, or it is stopped before. Throws FaultscopeError (exit 3) where the kernel cannot be traced. */
  async start(): Promise<void> {
    const { toolVersion, host, target, capacity } = this.#options;
    this.#emit({
      kind: 'session',
      formatVersion: 1,
      toolVersion,
      startedAtMs: Date.now(),
      atNs: monotonicNs(),
      host,
      target,
      syscallTable: runs32Bits(target.pid) ? 'i386' : host.arch,
    });
    const emit = (record: FaultscopeRecord): void => this.#emit(record);
    // Of the first dump, where we are late to hear of it, there is none later that was surely read before.
    this.#lastProcessFaults = this.#sampler.majorFaults() ?? 0;
    const readable = () => this.#readable.program();
    const isReadable = await readable();
    if (this.#stopped !== undefined) return;
    const runtime = new RuntimeWatch({ target, capacity, readable, emit, nowNs: monotonicNs }, isReadable);
    this.#runtime = runtime;
    runtime.begin();
    this.#threadsSet = startThreadsSet(
      this.#options,
      emit,
      {
        begins: (atNs) => {
          this.#faultsBeforeDump = this.#faultsBefore(atNs);
        },
        ended: () => this.#dumped(),
      },
      { kernel: runtime.kernelRuntime, capacity: runtime.facts.capacity },
    );
    // A launched target is held until all are attached.
    const optional = Array.from(this.#optional, ([name, set]) =>
      this.#options.sets.includes(name) ? set.start() : set.explain(),
    );
    await this.#threadsSet.start();
    await Promise.all(optional);
    this.#threadsSet.failed.then((detail) => this.#resolveEnded({ reason: 'probe-failed', detail }));
  }

  /** A launched target was released: it now runs in place of what waited. */
  targetBegan(): void {
    this.#runtime?.targetBegan();
  }

  /** Starts or stops a set by hand; what it costs does not decide about it from then on. */
  toggle(set: SwitchableSet): void {
    const on = set === 'entry' ? this.#entry.toggle() : this.#optional.get(set)?.toggle();
    this.#cost.toggled(set, on === true);
  }

  /** Ends everything; the last readings and the end record are out when it resolves. May be called more than once. */
  stop(reason: EndReason, targetExit: EndRecord['targetExit'] = null): Promise<void> {
    this.#stopped ??= this.#stop(reason, targetExit);
    return this.#stopped;
  }

  async #stop(reason: EndReason, targetExit: EndRecord['targetExit']): Promise<void> {
    clearTimeout(this.#watchdog);
    this.#residency.close();
    // Before the probes end, so that the last open waits are read against what the kernel script last saw.
    this.#pass({ readAll: true, afterDump: false });
    const optional = Array.from(this.#optional.values(), (set) => set.stop());
    await Promise.all([this.#threadsSet?.stop(), this.#entry.stop(), ...optional]);
    this.#closeCoverage();
    this.#cost.close();
    this.#sampler.close();
    this.#symptoms.close();
    this.#runtime?.close();
    this.#files.tick();
    this.#files.close();
    this.#mappings.close();
    const atNs = monotonicNs();
    this.#emit({ kind: 'tick', atNs });
    this.#emit({ kind: 'end', atNs, reason, targetExit });
  }

  /**
   * A target that faults on while bpftrace ends would look uncovered: the kernel counts, nobody traces. Only where the
   * count stood still does a last reading make a true pair with the last dump.
   */
  #closeCoverage(): void {
    const { records } = this.#sampler.sample(monotonicNs);
    for (const record of records) {
      if (record.kind !== 'process' || record.majorFaults !== this.#lastProcessFaults) continue;
      this.#emit({ ...record, majorFaultsBefore: record.majorFaults });
    }
  }

  /**
   * The kernel's count of major faults when a dump began; an older one where we were late to hear of it. Of the first dump always the
   * one of before we attached: it only bounds what can have been traced since, and must not be too high by a single fault.
   */
  #faultsBefore(dumpNs: bigint): number | null {
    const isOlder = this.#passes === 0 || monotonicNs() - dumpNs > LATE_NS;
    return isOlder ? this.#lastProcessFaults : this.#sampler.majorFaults();
  }

  /** The last dump, of a set that is ending, closes the span of the symptoms as well: both tell of the same time. */
  #dumped(): void {
    if (this.#stopped === undefined) this.#tick(true);
    else this.#readSymptoms();
  }

  /** After each dump of the main set, or when none has come for a while: read /proc, let views draw. */
  #tick(afterDump: boolean): void {
    if (this.#stopped !== undefined) return;
    clearTimeout(this.#watchdog);
    const alive = this.#pass({ readAll: this.#passes === 0, afterDump });
    // By the pace from now on: it may just have been slowed down, and a tick before the next dump would show no faults.
    this.#watchdog = setTimeout(() => this.#tick(false), this.#options.intervalMs * this.#cost.pace * 1.5 + 500);
    this.#runtime?.tick();
    this.#files.tick();
    this.#residency.tick();
    this.#emit({ kind: 'tick', atNs: monotonicNs() });
    if (!alive) this.#resolveEnded({ reason: 'target-exited', detail: null });
    else if (this.#options.exact === 'on' || this.#passes > 2) this.#entry.review();
  }

  #pass({ readAll, afterDump }: { readAll: boolean; afterDump: boolean }): boolean {
    this.#passes += 1;
    const { records, alive } = this.#sampler.sample(monotonicNs, { readAll });
    for (const record of records) {
      if (record.kind !== 'process') {
        this.#emit(record);
        continue;
      }
      this.#lastProcessFaults = record.majorFaults;
      this.#entry.policy.observe(record);
      this.#emit({ ...record, majorFaultsBefore: afterDump ? this.#faultsBeforeDump : null });
    }
    this.#readSymptoms();
    return alive;
  }

  #readSymptoms(): void {
    const symptoms = this.#symptoms.read(monotonicNs);
    if (symptoms !== null) {
      this.#emit(symptoms);
      if (this.#stopped === undefined) this.#cost.tick(symptoms);
    }
    const memoryCgroup = this.#memoryCgroup.read(monotonicNs);
    if (memoryCgroup !== null) this.#emit(memoryCgroup);
  }

  #emit(record: FaultscopeRecord): void {
    if (record.kind === 'fault' || record.kind === 'switch') this.#sampler.prefer([record.tid]);
    const mapping = record.kind === 'fault' ? this.#mappings.before(record) : null;
    if (mapping !== null) this.#options.emit(mapping);
    if (record.kind === 'fault' || record.kind === 'file-faults') this.#files.before(record);
    const admitted = this.#runtime === undefined ? record : this.#runtime.admit(record);
    if (admitted !== null) this.#options.emit(admitted);
  }
}
