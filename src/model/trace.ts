import type { SingleCauseRecord } from '../record/page-cache.js';
import type {
  FaultRecord,
  FaultscopeRecord,
  ProbeRecord,
  ProbeSet,
  ProcessRecord,
  RuntimeFacts,
  SessionRecord,
  ThreadRef,
  WaitRecord,
} from '../record/record.js';
import { PROBE_SETS } from '../record/record.js';
import { isIdle, TIME_PARTS } from './cause.js';
import { Files } from './files.js';
import { Goroutines } from './goroutines.js';
import { Histogram } from './histogram.js';
import { History } from './history.js';
import { LongestFaults } from './longest-faults.js';
import { Mappings } from './mappings.js';
import { MemoryCgroup } from './memory-cgroup.js';
import { PageCache } from './page-cache.js';
import type { SingleCauseView } from './page-cache-view.js';
import { QualityLedger } from './quality.js';
import { Requests } from './requests.js';
import type {
  FaultPlaceView,
  FaultView,
  HistoryPoint,
  ProbeStatus,
  Snapshot,
  TargetState,
  ThreadView,
  TimeSplit,
  Totals,
} from './snapshot.js';
import { Stacks } from './stacks.js';
import { Stalls } from './stalls.js';
import { Storage } from './storage.js';
import { SymptomLedger } from './symptoms.js';
import type { ThreadAccount } from './thread-account.js';
import { Threads } from './threads.js';
import { addSplit, emptySplit } from './time-split.js';
import { isFault } from './wait-cells.js';
import { Wakers } from './wakers.js';

/** Ended threads beyond this many lose their rows, oldest first; their figures stay in the totals. */
const MAX_ENDED_ROWS = 5000;

/** A thread's account so far. */
export type ThreadTime = Pick<ThreadView, 'id' | 'tid' | 'name' | 'majorFaults' | 'time'>;

/**
 * The model: takes records, gives snapshots. Pure: no I/O and no clock of its own, time passes by the records' stamps, so
 * that a replayed session gives the same snapshots as the live one.
 */
export class Trace {
  readonly #session: SessionRecord;
  readonly #threads: Threads;
  readonly #probes = new Map<ProbeSet, ProbeRecord>();
  readonly #history = new History();
  readonly #longest = new LongestFaults();
  readonly #stalls = new Stalls();
  readonly #goroutines = new Goroutines();
  readonly #mappings = new Mappings();
  readonly #symptoms = new SymptomLedger();
  readonly #requests = new Requests();
  readonly #files: Files;
  readonly #pageCache: PageCache;
  readonly #memoryCgroup = new MemoryCgroup();
  readonly #storage = new Storage();
  readonly #stacks: Stacks;
  readonly #wakers = new Wakers();
  readonly #quality = new QualityLedger();
  readonly #latency = new Histogram();
  readonly #entryLatency = new Histogram();
  /** Threads that have lost their rows. */
  readonly #dropped = { threads: 0, time: emptySplit() };
  #startNs: bigint;
  #nowNs: bigint;
  #attached = false;
  #entryRan = false;
  #majorFaults = 0;
  #majorFaultsNoSleep = 0;
  #faultLatencyNs = 0;
  #process: ProcessRecord | null = null;
  #runtime: RuntimeFacts | null = null;
  #minorFaultRateHz: number | null = null;
  #targetState: TargetState = { alive: true };
  /** Per thread at the last tick and the one before: what rates are taken from. */
  #tick = { atNs: 0, majorFaults: 0, byThread: new Map<string, number>() };
  #rates = { majorFaultRateHz: 0, byThread: new Map<string, number>() };

  constructor(session: SessionRecord) {
    this.#session = session;
    this.#threads = new Threads(session.syscallTable);
    this.#files = new Files(session.host.pageBytes);
    this.#pageCache = new PageCache(session.target);
    this.#stacks = new Stacks(session.syscallTable);
    this.#startNs = session.atNs;
    this.#nowNs = session.atNs;
  }

  apply(record: FaultscopeRecord): void {
    if ('atNs' in record && record.atNs > this.#nowNs) this.#nowNs = record.atNs;
    switch (record.kind) {
      case 'session':
        return;
      case 'probe':
        return this.#applyProbe(record);
      case 'thread':
        return this.#threads.byStart(record.tid, record.startTicks).rename(record.name);
      case 'sample':
        return this.#threads.byStart(record.tid, record.startTicks).applySample(record);
      case 'gone':
        // One that has lost its row is not to come back.
        return this.#threads.findByStart(record.tid, record.startTicks)?.markGone(record.atNs);
      case 'process':
        return this.#applyProcess(record);
      case 'switch': {
        const { event, tid, generation } = record;
        const thread =
          event === 'first'
            ? this.#threads.beginAnew(tid, generation, record.atNs)
            : this.#threads.byGeneration(tid, generation);
        return thread.applySwitch(record);
      }
      case 'wait':
        return this.#applyWait(record);
      case 'fault':
        this.#quality.sampledFault(record.weight);
        this.#goroutines.applyFault(record);
        this.#mappings.applyFault(record);
        this.#files.applyFault(record, this.#sinceStart(record.atNs));
        return this.#longest.add(record);
      case 'level':
        return this.#stalls.applyLevel(record);
      case 'sample-gap':
        return this.#stalls.applyGap(record);
      case 'stall':
        this.#requests.applyStall(record);
        return this.#stalls.applyStall(record);
      case 'stall-member':
        return this.#stalls.applyMember(record);
      case 'goroutine-faults':
        return this.#goroutines.applyCell(record);
      case 'goroutine-census':
        return this.#goroutines.applyCensus(record);
      case 'function':
        return this.#goroutines.applyFunction(record);
      case 'runtime':
        return this.#applyRuntime(record.runtime);
      case 'role':
        return this.#threads.byStart(record.tid, record.startTicks).serveAs(record.role);
      case 'system':
        return this.#symptoms.apply(record);
      case 'mapping':
      case 'unmapped':
        this.#files.apply(record);
        return this.#mappings.applyMapping(record);
      case 'file':
      case 'file-faults':
      case 'residency':
      case 'residency-gap':
        return this.#files.apply(record);
      case 'actor':
      case 'evictions':
      case 'fill':
      case 'fault-cause':
      case 'page-sampling':
        return this.#pageCache.apply(record);
      case 'single-cause':
        return this.#longest.explain(record);
      case 'memory-cgroup':
        return this.#memoryCgroup.apply(record);
      case 'device':
      case 'io-cell':
        return this.#storage.apply(record);
      case 'stack':
      case 'stack-total':
      case 'symbol':
        return this.#stacks.apply(record);
      case 'wake':
      case 'waker-name':
      case 'wake-chain':
        return this.#wakers.apply(record);
      case 'request-cell':
        return this.#requests.applyCell(record);
      case 'request':
        return this.#requests.applyRequest(record);
      case 'entry-faults':
        return this.#threads.byGeneration(record.tid, record.generation).applyEntryFaults(record);
      case 'entry-latency': {
        const added = this.#threads.byGeneration(record.tid, record.generation).applyEntryLatency(record);
        return this.#entryLatency.add(record.bucket, added, record.maxNs);
      }
      case 'loss':
        return this.#quality.loss(this.#sinceStart(record.atNs), record);
      case 'tick':
        return this.#applyTick();
      case 'end':
        this.#requests.finish(this.#runtime?.capacity ?? null);
        if (record.reason === 'target-exited') this.#targetState = { alive: false, exit: record.targetExit };
        return;
    }
  }

  snapshot(): Snapshot {
    const threads = this.#views();
    return {
      tool: { version: this.#session.toolVersion },
      host: this.#session.host,
      target: { ...this.#session.target, state: this.#targetState },
      window: {
        startedAtMs: this.#session.startedAtMs + Number(this.#startNs - this.#session.atNs) / 1e6,
        startNs: this.#startNs,
        durationNs: this.#sinceStart(this.#nowNs),
      },
      probes: PROBE_SETS.map((set) => this.#probeStatus(set)),
      totals: this.#totals(threads),
      threads,
      history: this.#history.list(),
      longestFaults: this.#longest.list().map((fault) => this.#faultView(fault)),
      runtime: this.#runtime,
      stalls: this.#stalls.view(
        this.#runtime?.capacity ?? null,
        (atNs) => this.#sinceStart(atNs),
        (tid, generation) => this.#threads.find(tid, generation)?.name ?? null,
      ),
      goroutines: this.#goroutines.view(),
      mappings: this.#mappings.view(),
      symptoms: this.#symptoms.view(),
      requests: this.#requests.view(this.#runtime?.capacity ?? null),
      files: this.#files.view({
        nowNs: this.#sinceStart(this.#nowNs),
        sinceStart: (atNs) => this.#sinceStart(atNs),
        causesOf: (device, inode) => this.#pageCache.causesOf(device, inode),
      }),
      pageCache: this.#pageCache.view(),
      memoryCgroup: this.#memoryCgroup.view(),
      storage: this.#storage.view(),
      stacks: this.#stacks.view((tid, generation) => this.#threads.find(tid, generation)?.name ?? null),
      wakers: this.#wakers.view(threads, this.#session.syscallTable, this.#runtime),
      quality: this.#quality.view(worstResidue(threads)),
    };
  }

  /** From the session's beginning to the latest record, in ns. */
  get elapsedNs(): number {
    return this.#sinceStart(this.#nowNs);
  }

  /** What happened between the two latest ticks, as in Snapshot.history; null before the second one. */
  get latestPoint(): HistoryPoint | null {
    return this.#history.latest;
  }

  /** Every thread that has a row: much cheaper than a snapshot. `time` is the same object as long as nothing was added to it. */
  threadTimes(): Iterable<ThreadTime> {
    return this.#views();
  }

  /** What a single fault, its cause and its goroutine refer to, as far as the records so far tell. */
  readonly names = {
    thread: ({ tid, generation }: ThreadRef): string | null => this.#threads.find(tid, generation)?.name ?? null,
    place: (fault: FaultRecord): FaultPlaceView | null => this.#files.placeOf(fault),
    cause: (cause: SingleCauseRecord): SingleCauseView | null => this.#pageCache.causeView(cause),
    function: (pc: bigint): string | null => this.#goroutines.nameOf(pc),
    time: (atNs: bigint): number => this.#sinceStart(atNs),
  };

  #applyProbe(record: ProbeRecord): void {
    // The window is what the main set has seen; it says when it was attached.
    if (record.set === 'threads' && record.state === 'running' && !this.#attached) {
      this.#attached = true;
      this.#startNs = record.atNs;
    }
    if (record.set === 'entry' && record.state === 'running') {
      this.#entryRan = true;
      for (const thread of this.#threads.list()) thread.restartEntryCounts();
    }
    const running = record.state === 'running';
    if (record.set === 'requests') this.#requests.applyState(running);
    if (record.set === 'pagecache') this.#pageCache.applyState(record);
    if (record.set === 'storage') this.#storage.applyState(running);
    if (record.set === 'stacks') this.#stacks.applyState(running);
    if (record.set === 'wakers') this.#wakers.applyState(running);
    this.#probes.set(record.set, record);
    if (record.state === 'failed') {
      const text = `probe set ${record.set} failed: ${record.detail ?? 'no reason given'}`;
      this.#quality.note(this.#sinceStart(record.atNs), `probe ${record.set}`, text);
    }
  }

  #applyRuntime(runtime: RuntimeFacts): void {
    this.#runtime = runtime;
    this.#threads.runUnder(runtime.kind);
    this.#stacks.runUnder(runtime.kind);
  }

  #applyWait(record: WaitRecord): void {
    const delta = this.#threads.byGeneration(record.tid, record.generation).applyWait(record);
    if (!isFault(delta)) return;
    this.#majorFaults += delta.count;
    if (delta.kind === 'fault-no-sleep') this.#majorFaultsNoSleep += delta.count;
    if (delta.kind !== 'fault-latency') return;
    this.#latency.add(record.bucket, delta.count, record.maxNs);
    this.#faultLatencyNs += delta.totalNs;
  }

  #applyProcess(record: ProcessRecord): void {
    const before = this.#process;
    if (before !== null && record.atNs > before.atNs) {
      const seconds = Number(record.atNs - before.atNs) / 1e9;
      this.#minorFaultRateHz = Math.max(0, record.minorFaults - before.minorFaults) / seconds;
    }
    this.#process = record;
    this.#quality.cover(this.#majorFaults, record);
  }

  #applyTick(): void {
    this.#dropOldRows();
    const atNs = this.#sinceStart(this.#nowNs);
    const seconds = (atNs - this.#tick.atNs) / 1e9;
    if (seconds <= 0) return;
    const byThread = new Map<string, number>();
    const rates = new Map<string, number>();
    for (const thread of this.#threads.list()) {
      if (thread.majorFaults === 0) continue;
      byThread.set(thread.id, thread.majorFaults);
      const rate = (thread.majorFaults - (this.#tick.byThread.get(thread.id) ?? 0)) / seconds;
      if (rate > 0) rates.set(thread.id, rate);
    }
    this.#rates = { majorFaultRateHz: (this.#majorFaults - this.#tick.majorFaults) / seconds, byThread: rates };
    this.#tick = { atNs, majorFaults: this.#majorFaults, byThread };
    this.#pageCache.tick(seconds, this.#nowNs);
    this.#storage.tick(seconds);
    const time = this.#time(this.#views());
    this.#history.tick({
      atNs,
      majorFaults: this.#majorFaults,
      time,
      level: this.#stalls.tick(),
      symptoms: this.#symptoms.tick(time.fault + time.disk, atNs),
      requests: this.#requests.tick(seconds, this.#runtime?.capacity ?? null),
    });
  }

  #dropOldRows(): void {
    const ended = [...this.#threads.list()].filter((thread) => !thread.alive);
    for (const thread of ended.slice(0, Math.max(0, ended.length - MAX_ENDED_ROWS))) this.#drop(thread);
  }

  #drop(thread: ThreadAccount): void {
    this.#dropped.threads += 1;
    addSplit(this.#dropped.time, this.#view(thread).time);
    this.#threads.remove(thread);
    const text = `${this.#dropped.threads} ended threads are no longer listed; the totals include them`;
    this.#quality.note(this.#sinceStart(this.#nowNs), 'dropped rows', text);
  }

  #views(): ThreadView[] {
    return Array.from(this.#threads.list(), (thread) => this.#view(thread));
  }

  #view(thread: ThreadAccount): ThreadView {
    return thread.view(this.#rates.byThread.get(thread.id) ?? 0);
  }

  #time(threads: readonly ThreadView[]): TimeSplit {
    const time = emptySplit();
    addSplit(time, this.#dropped.time);
    for (const thread of threads) addSplit(time, thread.time);
    return time;
  }

  #totals(threads: readonly ThreadView[]): Totals {
    const time = this.#time(threads);
    const alive = threads.filter((thread) => thread.alive).length;
    return {
      majorFaults: this.#majorFaults,
      majorFaultsNoSleep: this.#majorFaultsNoSleep,
      faultWaitNs: time.fault,
      majorFaultRateHz: this.#rates.majorFaultRateHz,
      minorFaultRateHz: this.#minorFaultRateHz,
      faultLatency: this.#latency.distribution(),
      faultHistogram: this.#latency.cells(),
      faultLatencyNs: this.#faultLatencyNs,
      exactFaultLatency: this.#entryRan ? this.#entryLatency.distribution() : null,
      time,
      idleNs: TIME_PARTS.filter(isIdle).reduce((sum, part) => sum + time[part], 0),
      threadsAlive: alive,
      threadsEnded: threads.length - alive + this.#dropped.threads,
    };
  }

  #probeStatus(set: ProbeSet): ProbeStatus {
    const record = this.#probes.get(set);
    if (record === undefined) return { set, state: 'off', variant: null, detail: null };
    return { set, state: record.state, variant: record.variant, detail: record.detail };
  }

  #faultView(fault: ReturnType<LongestFaults['list']>[number]): FaultView {
    const cause = this.#longest.causeOf(fault);
    return {
      atNs: this.#sinceStart(fault.atNs),
      tid: fault.tid,
      threadName: this.#threads.find(fault.tid, fault.generation)?.name ?? null,
      address: fault.address,
      instruction: fault.instruction,
      latencyNs: fault.latencyNs ?? 0,
      page: fault.page === null ? null : this.#files.pageView(fault.page),
      cause: cause === null ? null : this.#pageCache.causeView(cause),
    };
  }

  #sinceStart(atNs: bigint): number {
    return Math.max(0, Number(atNs - this.#startNs));
  }
}

/** Threads younger than a second are left out: one tick of the clock is too much of their life. */
const YOUNG_NS = 1e9;

function worstResidue(threads: readonly ThreadView[]): number | null {
  const fractions = threads
    .filter((thread) => thread.lifetimeNs >= YOUNG_NS)
    .map((thread) => Math.abs(thread.residueNs) / thread.lifetimeNs);
  return fractions.length === 0 ? null : fractions.reduce((a, b) => Math.max(a, b), 0);
}
