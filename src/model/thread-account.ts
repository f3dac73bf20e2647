import type {
  EntryFaultsRecord,
  EntryLatencyRecord,
  RuntimeFacts,
  SampleRecord,
  SwitchRecord,
  WaitRecord,
} from '../record/record.js';
import { classifyOpenWait, type WaitKind } from './classify.js';
import { asFoundInGo, unpackCode } from './code.js';
import { Histogram } from './histogram.js';
import { runtimeWord } from './runtime-word.js';
import type { ThreadNow, ThreadView, TimeSplit, WaitView } from './snapshot.js';
import { type ClockReading, ThreadClock } from './thread-clock.js';
import { emptySplit, sumOf } from './time-split.js';
import { type CellDelta, isFault, WaitCells } from './wait-cells.js';

/** A thread's account so far. */
type ThreadTime = Pick<ThreadView, 'id' | 'tid' | 'name' | 'majorFaults' | 'time'>;

/** A thread's account as it was told before, null where it was not, and as it is. */
export interface ThreadGrowth {
  readonly before: ThreadTime | null;
  readonly now: ThreadTime;
}

/** All that is known of one thread. */
export class ThreadAccount {
  #id: string;
  readonly #tid: number;
  readonly #arch: string;
  readonly #clock = new ThreadClock();
  #cells: WaitCells;
  readonly #entryLatency = new Map<number, number>();
  #entryHistogram = new Histogram();
  #name: string | null = null;
  #goneNs: bigint | null = null;
  /** Its end was not seen, but nothing was heard of it since. */
  #presumedNs: bigint | null = null;
  #isListed = true;
  #isSettled = false;
  #userFaults: number | null = null;
  #userFaultsBefore = 0;
  /** All its faults were traced. */
  #born = false;
  #kernelFaults: { readonly base: number; readonly latest: number } | null = null;
  #view: ThreadView | null = null;
  #time: TimeSplit | null = null;
  /** What of {@link time} the sums over all threads have. */
  countedTime: TimeSplit | null = null;
  /** As {@link takeGrowth} told it last. */
  #told: ThreadTime | null = null;
  majorFaults = 0;
  #majorFaultsNoSleep = 0;
  #majorFaultRateHz = 0;
  #faultsAtTick = 0;
  /** Waits that have ended, by cause, and what was stolen. */
  readonly #waited = emptySplit();

  #role: ThreadView['role'] = null;
  #runtime: RuntimeFacts['kind'] | null = null;

  constructor(id: string, tid: number, arch: string) {
    this.#id = id;
    this.#tid = tid;
    this.#arch = arch;
    this.#cells = new WaitCells(arch);
  }

  /** What runs the target's code names waits differently. */
  runUnder(runtime: RuntimeFacts['kind'] | null): void {
    if (this.#isSettled) return;
    this.#runtime = runtime;
    this.#changed();
  }

  serveAs(role: ThreadView['role']): void {
    this.#role = role;
    this.#view = null;
  }

  get id(): string {
    return this.#id;
  }

  get tid(): number {
    return this.#tid;
  }

  changeId(id: string): void {
    this.#id = id;
    if (this.#view !== null) this.#view = { ...this.#view, id };
  }

  get name(): string | null {
    return this.#name;
  }

  get alive(): boolean {
    return this.endedNs === null;
  }

  /** When it ended, or was found to have; null while it lives. */
  get endedNs(): bigint | null {
    return this.#clock.ended ? (this.#clock.lastSwitch?.atNs ?? null) : (this.#goneNs ?? this.#presumedNs);
  }

  /** It has a row of its own. */
  get isListed(): boolean {
    return this.#isListed;
  }

  unlist(): void {
    this.#isListed = false;
  }

  /** Nothing more is taken of it. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Nothing more will come: lets go of everything but its row. */
  settle(): void {
    this.#majorFaultRateHz = 0;
    this.view();
    this.#isSettled = true;
    this.#cells = new WaitCells(this.#arch);
    this.#entryHistogram = Histogram.empty;
    this.#entryLatency.clear();
  }

  get majorFaultRateHz(): number {
    return this.#majorFaultRateHz;
  }

  /** `seconds` after the last tick. */
  tick(seconds: number): void {
    this.#majorFaultRateHz = Math.max(0, (this.majorFaults - this.#faultsAtTick) / seconds);
    this.#faultsAtTick = this.majorFaults;
  }

  rename(name: string): void {
    this.#name = name;
    this.#view = null;
  }

  markGone(atNs: bigint): void {
    if (this.#isSettled) return;
    this.#goneNs = atNs;
    this.#changed();
  }

  presumeGone(atNs: bigint): void {
    this.#presumedNs = atNs;
    this.#changed();
  }

  applySample(record: SampleRecord): void {
    this.#presumedNs = null;
    this.#clock.applySample(record);
    this.#countKernelFaults(record.majorFaults, this.majorFaults);
    this.#changed();
  }

  applySwitch(record: SwitchRecord): void {
    this.#presumedNs = null;
    this.#clock.applySwitch(record);
    this.#born ||= record.born;
    if (record.majorFaults !== null) this.#countKernelFaults(record.majorFaults, 0);
    this.#changed();
  }

  applyWait(record: WaitRecord): CellDelta {
    const delta = this.#cells.apply(record);
    if (isFault(delta)) this.majorFaults += delta.count;
    if (delta.kind === 'stolen') this.#waited.stolen += delta.totalNs;
    if (delta.kind === 'wait') this.#waited[delta.cause] += delta.totalNs;
    if (delta.kind === 'fault-no-sleep') this.#majorFaultsNoSleep += delta.count;
    this.#changed();
    return delta;
  }

  /** The script has been started, maybe again: it counts from nought. */
  restartEntryCounts(): void {
    this.#entryLatency.clear();
    this.#userFaultsBefore = this.#userFaults ?? 0;
  }

  applyEntryFaults(record: EntryFaultsRecord): void {
    this.#userFaults = this.#userFaultsBefore + record.count;
    this.#view = null;
  }

  applyEntryLatency(record: EntryLatencyRecord): number {
    const added = record.count - (this.#entryLatency.get(record.bucket) ?? 0);
    this.#entryLatency.set(record.bucket, record.count);
    this.#entryHistogram.add(record.bucket, added, record.maxNs);
    this.#view = null;
    return added;
  }

  /** Built anew only when something has changed. */
  view(): ThreadView {
    const majorFaultRateHz = this.#majorFaultRateHz;
    if (this.#view === null) this.#view = this.#build(majorFaultRateHz);
    else if (this.#view.majorFaultRateHz !== majorFaultRateHz) this.#view = { ...this.#view, majorFaultRateHz };
    return this.#view;
  }

  /** How its life divides so far: the same object as long as nothing was added to it. Much cheaper than a view. */
  get time(): TimeSplit {
    this.#time ??= this.#divide(this.#clock.read());
    return this.#time;
  }

  /** Null where no time has come since the last call. Its id stays the one that it was first told by. */
  takeGrowth(): ThreadGrowth | null {
    const before = this.#told;
    const { time } = this;
    if (before?.time === time) return null;
    const now = { id: before?.id ?? this.#id, tid: this.#tid, name: this.#name, majorFaults: this.majorFaults, time };
    this.#told = now;
    return { before, now };
  }

  #changed(): void {
    this.#view = null;
    this.#time = null;
  }

  /** The base is what the kernel had counted when `traced` of ours had been. */
  #countKernelFaults(told: number, traced: number): void {
    // A thread's first switch-out may be told after its last.
    const latest = Math.max(told, this.#kernelFaults?.latest ?? 0);
    this.#kernelFaults = { base: this.#born ? 0 : (this.#kernelFaults?.base ?? latest - traced), latest };
  }

  #build(majorFaultRateHz: number): ThreadView {
    const clock = this.#clock.read();
    const waits = this.#waits(clock);
    const { time } = this;
    const lifetimeNs = clock?.lifetimeNs ?? 0;
    const latency = this.#faultLatency();
    return {
      id: this.#id,
      tid: this.#tid,
      name: this.#name,
      alive: this.alive,
      lifetimeNs,
      now: this.#now(clock),
      majorFaults: this.majorFaults,
      majorFaultsNoSleep: this.#majorFaultsNoSleep,
      majorFaultRateHz,
      faultWaitNs: time.fault,
      faultLatency: latency.distribution(),
      faultHistogram: latency.cells(),
      exactFaultLatency: this.#userFaults === null ? null : this.#entryHistogram.distribution(),
      onCpuNs: time.onCpu,
      runQueueNs: time.runQueue,
      waits,
      time,
      residueNs: lifetimeNs - sumOf(time),
      userFaults: this.#userFaults,
      kernelMajorFaults: this.#kernelFaults === null ? null : this.#kernelFaults.latest - this.#kernelFaults.base,
      role: this.#role,
    };
  }

  #divide(clock: ClockReading | null): TimeSplit {
    const time = { ...this.#waited };
    time.onCpu = clock?.onCpuNs ?? 0;
    time.runQueue = clock?.runQueueNs ?? 0;
    for (const { code, ns } of this.#unfinished(clock)) time[classifyOpenWait(code, this.#arch).cause] += ns;
    return time;
  }

  /** The wait it was found in, and the one that no switch-out has followed yet. */
  #unfinished(clock: ClockReading | null): NonNullable<ClockReading['open']>[] {
    const waits: NonNullable<ClockReading['open']>[] = [];
    const found = this.#found(clock);
    const open = clock?.open ?? null;
    if (found !== null && found.ns !== 0) waits.push(found);
    if (open !== null && open.ns !== 0) waits.push(open);
    return waits;
  }

  #faultLatency(): Histogram {
    for (const sum of this.#cells.sums()) if (sum.kind === 'fault-latency') return sum.histogram;
    return Histogram.empty;
  }

  /** One row per cause and syscall: several codes can mean the same. */
  #waits(clock: ClockReading | null): WaitView[] {
    const rows = new Map<WaitKind, WaitRow>();
    for (const sum of this.#cells.sums()) {
      if (sum.kind !== 'wait') continue;
      const row = rowFor(rows, sum.wait);
      row.count += sum.count;
      row.totalNs += sum.totalNs;
      row.histogram.addAll(sum.histogram);
    }
    for (const unfinished of this.#unfinished(clock)) {
      const row = rowFor(rows, classifyOpenWait(unfinished.code, this.#arch));
      row.totalNs += unfinished.ns;
      row.openNs = Math.max(row.openNs, unfinished.ns);
      row.open ||= this.alive && unfinished.open;
    }
    return [...rows.values()].sort((a, b) => b.totalNs - a.totalNs).map((row) => waitView(row, this.#wordFor(row)));
  }

  #now(clock: ClockReading | null): ThreadNow {
    if (!this.alive) return { doing: 'ended' };
    const { lastSample, lastSwitch } = this.#clock;
    if (lastSample === null && lastSwitch === null) return { doing: 'unknown' };
    if (lastSample?.state === 'R') {
      const hasRunSince = lastSwitch === null || lastSample.onCpuNs !== lastSwitch.onCpuNs;
      return { doing: hasRunSince ? 'running' : 'run-queue' };
    }
    const found = this.#found(clock);
    if (found?.open === true) return this.#waitingNow(found.code, null);
    if (lastSwitch === null) return { doing: 'unknown' };
    if (unpackCode(lastSwitch.code).state === 'preempted')
      return { doing: lastSample === null ? 'run-queue' : 'unknown' };
    // The same on-CPU time as at that switch-out: this is the wait it is in. Otherwise it has been through others since.
    const same = lastSample !== null && lastSample.onCpuNs === lastSwitch.onCpuNs;
    const forNs = same ? Number(lastSample.atNs - lastSwitch.atNs) : null;
    return this.#waitingNow(lastSwitch.code, forNs);
  }

  /** The wait it was in when it was first seen. */
  #found(clock: ClockReading | null): ClockReading['first'] {
    const first = clock?.first ?? null;
    return first === null || this.#runtime !== 'go' ? first : { ...first, code: asFoundInGo(first.code) };
  }

  #waitingNow(code: number, forNs: number | null): ThreadNow {
    const kind = classifyOpenWait(code, this.#arch);
    return { doing: 'waiting', ...kind, runtimeWord: this.#wordFor(kind), forNs };
  }

  #wordFor(kind: WaitKind): string | null {
    return runtimeWord(this.#runtime, this.#role, kind);
  }
}

interface WaitRow extends WaitKind {
  count: number;
  totalNs: number;
  openNs: number;
  open: boolean;
  readonly histogram: Histogram;
}

function rowFor(rows: Map<WaitKind, WaitRow>, kind: WaitKind): WaitRow {
  let row = rows.get(kind);
  if (row === undefined) {
    row = { ...kind, count: 0, totalNs: 0, openNs: 0, open: false, histogram: new Histogram() };
    rows.set(kind, row);
  }
  return row;
}

function waitView(row: WaitRow, word: string | null): WaitView {
  const distribution = row.histogram.distribution();
  return {
    cause: row.cause,
    syscall: row.syscall,
    runtimeWord: word,
    count: row.count,
    totalNs: row.totalNs,
    maxNs: Math.max(distribution.maxNs ?? 0, row.openNs),
    open: row.open,
    distribution,
    histogram: row.histogram.cells(),
  };
}
