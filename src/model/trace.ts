import type { GovernorRecord } from '../record/cost.js';
import type { SingleCauseRecord } from '../record/page-cache.js';
import type {
  FaultRecord,
  FaultscopeRecord,
  ProbeRecord,
  ProbeSet,
  ProcessRecord,
  RuntimeFacts,
  RuntimeRecord,
  SessionRecord,
  ThreadRef,
  WaitRecord,
} from '../record/record.js';
import { PROBE_SETS } from '../record/record.js';
import { CostLedger } from './cost.js';
import { decisionText } from './decision-text.js';
import { EndedThreads } from './ended-threads.js';
import { FaultTotals } from './fault-totals.js';
import { Files } from './files.js';
import { Goroutines } from './goroutines.js';
import { History } from './history.js';
import { LongestFaults } from './longest-faults.js';
import { Mappings } from './mappings.js';
import { MemoryCgroup } from './memory-cgroup.js';
import { PageCache } from './page-cache.js';
import type { SingleCauseView } from './page-cache-view.js';
import { QualityLedger } from './quality.js';
import { Requests } from './requests.js';
import { SessionWindow } from './session-window.js';
import type {
  FaultPlaceView,
  FaultView,
  HistoryPoint,
  ProbeStatus,
  Snapshot,
  TargetState,
  ThreadView,
  Totals,
} from './snapshot.js';
import { Stacks } from './stacks.js';
import { Stalls } from './stalls.js';
import { Storage } from './storage.js';
import { SymptomLedger } from './symptoms.js';
import type { ThreadAccount, ThreadGrowth } from './thread-account.js';
import { Threads } from './threads.js';
import { TimeTotals } from './time-totals.js';
import { Wakers } from './wakers.js';

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
  readonly #wakers: Wakers;
  readonly #cost = new CostLedger();
  readonly #quality = new QualityLedger();
  readonly #faults = new FaultTotals();
  readonly #time = new TimeTotals();
  readonly #ended: EndedThreads<ThreadAccount>;
  /** Those of which something was told since the last tick. */
  readonly #heard = new Set<ThreadAccount>();
  /** Those of which something was told since {@link takeGrowth} was called last; null while nobody has called it. */
  #grown: Set<ThreadAccount> | null = null;
  readonly #window: SessionWindow;
  #nowNs: bigint;
  #process: ProcessRecord | null = null;
  #runtime: RuntimeFacts | null = null;
  #minorFaultRateHz: number | null = null;
  #targetState: TargetState = { alive: true };
  /** When the last tick was. */
  #tickNs = 0;
  #forgottenWakes = 0;

  constructor(session: SessionRecord) {
    this.#session = session;
    this.#threads = new Threads(session.syscallTable);
    this.#ended = new EndedThreads(this.#threads);
    this.#files = new Files(session.host.pageBytes);
    this.#pageCache = new PageCache(session.target);
    this.#stacks = new Stacks(session.syscallTable);
    this.#wakers = new Wakers(session.syscallTable);
    this.#window = new SessionWindow(session.atNs);
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
        return this.#applyRuntime(record);
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
        return this.#faults.addExact(record.bucket, added, record.maxNs);
      }
      case 'cost':
        return this.#cost.apply(record);
      case 'governor':
        return this.#applyDecision(record);
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
    this.#sumUp();
    const threads = Array.from(this.#threads.list(), (thread) => thread.view());
    return {
      tool: { version: this.#session.toolVersion },
      host: this.#session.host,
      target: { ...this.#session.target, state: this.#targetState },
      window: {
        startedAtMs: this.#session.startedAtMs + Number(this.#window.startNs - this.#session.atNs) / 1e6,
        startNs: this.#window.startNs,
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
      wakers: this.#wakers.view(threads, this.#runtime),
      cost: this.#cost.view(),
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

  /**
   * Threads whose time has come to more since the last call, in the order in which they were first heard of again. It costs
   * what has changed: much less than a snapshot. There can be one caller only, as a call takes what it tells.
   */
  takeGrowth(): ThreadGrowth[] {
    this.#sumUp();
    const grown = this.#grown ?? this.#threads.list();
    this.#grown = new Set();
    return Array.from(grown, (thread) => thread.takeGrowth()).filter((growth) => growth !== null);
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
    this.#window.apply(record);
    if (record.set === 'entry' && record.state === 'running') {
      this.#faults.entryRuns();
      for (const thread of this.#threads.list()) thread.restartEntryCounts();
    }
    const running = record.state === 'running';
    if (record.set === 'requests') this.#requests.applyState(running);
    if (record.set === 'pagecache') this.#pageCache.applyState(record);
    if (record.set === 'storage') this.#storage.applyState(running);
    if (record.set === 'stacks') this.#stacks.applyState(running);
    if (record.set === 'wakers') this.#wakers.applyState(running);
    this.#cost.applyProbe(record);
    this.#probes.set(record.set, record);
    if (record.state === 'failed') {
      const text = `probe set ${record.set} failed: ${record.detail ?? 'no reason given'}`;
      this.#quality.note(this.#sinceStart(record.atNs), `probe ${record.set}`, text);
    }
  }

  #applyDecision(record: GovernorRecord): void {
    const atNs = this.#sinceStart(record.atNs);
    this.#cost.decide(record, atNs);
    this.#quality.note(atNs, `governor ${record.set ?? 'pace'}`, decisionText(record));
  }

  #applyRuntime({ atNs, runtime }: RuntimeRecord): void {
    this.#runtime = runtime;
    const { kind, goroutineDetail } = runtime;
    if (kind !== 'go' && goroutineDetail !== null)
      this.#quality.note(this.#sinceStart(atNs), 'runtime', goroutineDetail);
    this.#threads.runUnder(runtime.kind);
    this.#stacks.runUnder(runtime.kind);
  }

  #applyWait(record: WaitRecord): void {
    const thread = this.#threads.byGeneration(record.tid, record.generation);
    this.#faults.add(thread, thread.applyWait(record), record);
  }

  #applyProcess(record: ProcessRecord): void {
    const before = this.#process;
    if (before !== null && record.atNs > before.atNs) {
      const seconds = Number(record.atNs - before.atNs) / 1e9;
      this.#minorFaultRateHz = Math.max(0, record.minorFaults - before.minorFaults) / seconds;
    }
    this.#process = record;
    this.#quality.cover(this.#faults.count, record);
  }

  #applyTick(): void {
    this.#sumUp();
    const atNs = this.#sinceStart(this.#nowNs);
    const seconds = (atNs - this.#tickNs) / 1e9;
    if (seconds <= 0) return;
    this.#tickNs = atNs;
    this.#faults.tick(seconds);
    this.#dropOldRows();
    this.#noteForgottenWakes();
    this.#pageCache.tick(seconds, this.#nowNs);
    this.#storage.tick(seconds);
    this.#history.tick({
      atNs,
      majorFaults: this.#faults.count,
      time: this.#time.takeSpent(),
      level: this.#stalls.tick(),
      symptoms: this.#symptoms.tick(this.#time.sumOf(['fault', 'disk']), atNs),
      requests: this.#requests.tick(seconds, this.#runtime?.capacity ?? null),
    });
  }

  #dropOldRows(): void {
    const { unlisted, presumed } = this.#ended;
    for (const thread of this.#heard) this.#ended.heard(thread, this.#nowNs);
    this.#heard.clear();
    this.#ended.tick(this.#nowNs);
    const atNs = this.#sinceStart(this.#nowNs);
    if (this.#ended.unlisted > unlisted) {
      const text = `${this.#ended.unlisted} ended threads are no longer listed; the totals include them`;
      this.#quality.note(atNs, 'dropped rows', text);
    }
    if (this.#ended.presumed > presumed) {
      const text = `${this.#ended.presumed} threads count as ended though their end was not seen`;
      this.#quality.note(atNs, 'presumed ends', text);
    }
  }

  #noteForgottenWakes(): void {
    const { dropped } = this.#wakers;
    if (dropped === this.#forgottenWakes) return;
    this.#forgottenWakes = dropped;
    const text = `${dropped} pairs of a thread and who woke it, those with least time, are not told apart; the sums include them`;
    this.#quality.note(this.#sinceStart(this.#nowNs), 'dropped wakes', text);
  }

  /** Brings the sums over all threads up to date: only what records were about can have changed. */
  #sumUp(): void {
    const touched = this.#threads.takeTouched();
    for (const thread of touched) {
      this.#heard.add(thread);
      this.#grown?.add(thread);
    }
    this.#time.count(touched);
  }

  #totals(threads: readonly ThreadView[]): Totals {
    const alive = threads.filter((thread) => thread.alive).length;
    return {
      ...this.#faults.view(),
      ...this.#time.view(),
      minorFaultRateHz: this.#minorFaultRateHz,
      threadsAlive: alive,
      threadsEnded: threads.length - alive + this.#ended.unlisted,
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
    return this.#window.sinceStart(atNs);
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
