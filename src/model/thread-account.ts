import type {
  EntryFaultsRecord,
  EntryLatencyRecord,
  RuntimeFacts,
  SampleRecord,
  SwitchRecord,
  WaitRecord,
} from '../record/record.js';
import { classifyOpenWait, classifyWait, type WaitKind } from './classify.js';
import { asFoundInGo, cellKind, unpackCode } from './code.js';
import { Histogram } from './histogram.js';
import { runtimeWord } from './runtime-word.js';
import type { ThreadNow, ThreadView, WaitView } from './snapshot.js';
import { type ClockReading, ThreadClock } from './thread-clock.js';
import { emptySplit, type MutableTimeSplit, sumOf } from './time-split.js';
import { type CellDelta, isFault, WaitCells } from './wait-cells.js';

/** All that is known of one thread. */
export class ThreadAccount {
  #id: string;
  readonly #tid: number;
  readonly #arch: string;
  readonly #clock = new ThreadClock();
  readonly #cells = new WaitCells();
  readonly #entryLatency = new Map<number, number>();
  readonly #entryHistogram = new Histogram();
  #name: string | null = null;
  #goneNs: bigint | null = null;
  #userFaults: number | null = null;
  #userFaultsBefore = 0;
  #kernelFaults: { readonly base: number; readonly latest: number } | null = null;
  #view: ThreadView | null = null;
  majorFaults = 0;
  #majorFaultsNoSleep = 0;
  #stolenNs = 0;

  #role: ThreadView['role'] = null;
  #runtime: RuntimeFacts['kind'] | null = null;

  constructor(id: string, tid: number, arch: string) {
    this.#id = id;
    this.#tid = tid;
    this.#arch = arch;
  }

  /** What runs the target's code names waits differently. */
  runUnder(runtime: RuntimeFacts['kind'] | null): void {
    this.#runtime = runtime;
    this.#view = null;
  }

  serveAs(role: ThreadView['role']): void {
    this.#role = role;
    this.#view = null;
  }

  get id(): string {
    return this.#id;
  }

  changeId(id: string): void {
    this.#id = id;
    this.#view = null;
  }

  get name(): string | null {
    return this.#name;
  }

  get alive(): boolean {
    return this.endedNs === null;
  }

  /** When it ended, or was found to have; null while it lives. */
  get endedNs(): bigint | null {
    return this.#clock.ended ? (this.#clock.lastSwitch?.atNs ?? null) : this.#goneNs;
  }

  rename(name: string): void {
    this.#name = name;
    this.#view = null;
  }

  markGone(atNs: bigint): void {
    this.#goneNs = atNs;
    this.#view = null;
  }

  applySample(record: SampleRecord): void {
    this.#clock.applySample(record);
    this.#countKernelFaults(record.majorFaults, this.majorFaults);
    this.#view = null;
  }

  applySwitch(record: SwitchRecord): void {
    this.#clock.applySwitch(record);
    if (record.majorFaults !== null) this.#countKernelFaults(record.majorFaults, 0, record.born);
    this.#view = null;
  }

  applyWait(record: WaitRecord): CellDelta {
    const delta = this.#cells.apply(record);
    if (isFault(delta)) this.majorFaults += delta.count;
    if (delta.kind === 'stolen') this.#stolenNs += delta.totalNs;
    if (delta.kind === 'fault-no-sleep') this.#majorFaultsNoSleep += delta.count;
    this.#view = null;
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
  view(majorFaultRateHz: number): ThreadView {
    if (this.#view === null) this.#view = this.#build(majorFaultRateHz);
    else if (this.#view.majorFaultRateHz !== majorFaultRateHz) this.#view = { ...this.#view, majorFaultRateHz };
    return this.#view;
  }

  /** The base is what the kernel had counted when `traced` of ours had been. */
  #countKernelFaults(told: number, traced: number, born = false): void {
    // A thread's first switch-out may be told after its last.
    const latest = Math.max(told, this.#kernelFaults?.latest ?? 0);
    this.#kernelFaults = { base: born ? 0 : (this.#kernelFaults?.base ?? latest - traced), latest };
  }

  #build(majorFaultRateHz: number): ThreadView {
    const clock = this.#clock.read();
    const waits = this.#waits(clock);
    const time = splitOf(clock, waits, this.#stolenNs);
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

  #faultLatency(): Histogram {
    for (const sum of this.#cells.sums()) if (cellKind(sum.code) === 'fault-latency') return sum.histogram;
    return Histogram.empty;
  }

  /** One row per cause and syscall: several codes can mean the same. */
  #waits(clock: ClockReading | null): WaitView[] {
    const rows = new Map<WaitKind, WaitRow>();
    for (const sum of this.#cells.sums()) {
      if (cellKind(sum.code) !== 'wait') continue;
      const row = rowFor(rows, classifyWait(sum.code, this.#arch));
      row.count += sum.count;
      row.totalNs += sum.totalNs;
      row.histogram.addAll(sum.histogram);
    }
    for (const unfinished of [this.#found(clock), clock?.open]) {
      if (unfinished == null || unfinished.ns === 0) continue;
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

function splitOf(clock: ClockReading | null, waits: readonly WaitView[], stolenNs: number): MutableTimeSplit {
  const time = emptySplit();
  time.stolen = stolenNs;
  time.onCpu = clock?.onCpuNs ?? 0;
  time.runQueue = clock?.runQueueNs ?? 0;
  for (const wait of waits) time[wait.cause] += wait.totalNs;
  return time;
}
