import { type BpfObjects, findBpfObjects, kernelMemoryBytes, programRunTimeNs } from '../host/bpf-programs.js';
import { alwaysCounts } from '../host/bpf-stats.js';
import { processCpuNs, processMemoryBytes } from '../host/process-cost.js';
import type { Budget, CostRecord, SetCost } from '../record/cost.js';
import type { ProbeSet, SystemRecord } from '../record/record.js';
import { ownCpu } from './own-cpu.js';
import { statsWindows } from './stats-windows.js';

/** Not more often: a reading takes half a millisecond with all sets. */
const PAUSE_NS = 950_000_000n;
/** Adding up the pages of a process takes the kernel milliseconds. */
const MEMORY_PAUSE_NS = 60_000_000_000n;
/** By then what is compiled and attached is, and V8 has seen most of what there is to do. */
const FIRST_MEMORY_NS = 10_000_000_000n;
const TICK_NS = 10_000_000;

/** By then the kernel has stopped counting (src/host/bpf-stats.ts). */
const LONGEST_WINDOW_NS = 900_000_000;

interface MeteredSet {
  /** What was started: bpftrace, or a wrapper that has become or begun it. */
  readonly startedPid: number;
  readonly objects: BpfObjects;
  cpuNs: number;
  /** Run time of its programs when it was last read, where the kernel counts all the time. */
  runTimeNs: bigint | null;
  /** Share of one core that its programs took in the latest window. */
  rate: number | null;
  opened: { readonly atNs: bigint; readonly runTimeNs: bigint } | null;
  memoryBytes: number | null;
  kernelBytes: number | null;
}

export interface CostMeterOptions {
  readonly budget: Budget | null;
  /** The bpftraces that run, by set. */
  readonly running: () => ReadonlyMap<ProbeSet, number>;
  readonly nowNs: () => bigint;
}

/** Reads what looking on costs: bpftrace, its programs, ourselves. */
export class CostMeter {
  readonly #options: CostMeterOptions;
  readonly #sets = new Map<ProbeSet, MeteredSet>();
  readonly #window = { opened: () => this.#opened(), closes: () => this.#closes() };
  #latestNs: bigint;
  #ownNs: number;
  #targetTicks: number | null = null;
  #memoryDueNs: bigint;
  #ownMemoryBytes: number | null = null;

  constructor(options: CostMeterOptions) {
    this.#options = options;
    this.#latestNs = options.nowNs();
    this.#memoryDueNs = this.#latestNs + FIRST_MEMORY_NS;
    ownCpu.begin();
    this.#ownNs = ownCpu.readNs();
    statsWindows.listen(this.#window);
  }

  close(): void {
    statsWindows.ignore(this.#window);
    ownCpu.end();
  }

  /** One reading; null where the one before was just now. `system` is the target's latest. */
  read(system: SystemRecord): CostRecord | null {
    const atNs = this.#options.nowNs();
    const spanNs = Number(atNs - this.#latestNs);
    if (atNs - this.#latestNs < PAUSE_NS) return null;
    this.#latestNs = atNs;
    if (atNs >= this.#memoryDueNs) this.#readMemory(atNs);
    const ownNs = ownCpu.readNs();
    const ownCpuNs = Math.round(ownNs - this.#ownNs);
    this.#ownNs = ownNs;
    const ticks = system.userTicks + system.systemTicks;
    const targetCpuNs = Math.max(0, ticks - (this.#targetTicks ?? ticks)) * TICK_NS;
    this.#targetTicks = ticks;
    const sets = this.#readSets(spanNs);
    const metering = alwaysCounts() ? 'counted' : statsWindows.refused ? 'none' : 'sampled';
    const { budget } = this.#options;
    return {
      kind: 'cost',
      atNs,
      spanNs,
      ownCpuNs,
      ownMemoryBytes: this.#ownMemoryBytes,
      sets,
      metering,
      targetCpuNs,
      budget,
    };
  }

  #readSets(spanNs: number): SetCost[] {
    const running = this.#options.running();
    for (const [set, { startedPid }] of this.#sets) {
      if (running.get(set) !== startedPid) this.#sets.delete(set);
    }
    return Array.from(running, ([set, pid]) => this.#readSet(set, pid, spanNs)).filter((cost) => cost !== null);
  }

  #readSet(set: ProbeSet, pid: number, spanNs: number): SetCost | null {
    const known = this.#sets.get(set);
    const metered = known ?? this.#begin(set, pid);
    if (metered === null) return null;
    const cpuNs = processCpuNs(metered.objects.pid) ?? metered.cpuNs;
    const sinceNs = known === undefined ? cpuNs : Math.max(0, cpuNs - metered.cpuNs);
    metered.cpuNs = cpuNs;
    ownCpu.metered(metered.objects.pid, cpuNs);
    const programNs = known === undefined ? null : this.#programNs(metered, spanNs);
    const { memoryBytes, kernelBytes } = metered;
    return { set, programNs, cpuNs: sinceNs, startNs: known === undefined ? cpuNs : 0, memoryBytes, kernelBytes };
  }

  #begin(set: ProbeSet, pid: number): MeteredSet | null {
    const objects = findBpfObjects(pid);
    if (objects === null) return null;
    const metered: MeteredSet = {
      startedPid: pid,
      objects,
      cpuNs: 0,
      runTimeNs: programRunTimeNs(objects),
      rate: null,
      opened: null,
      memoryBytes: null,
      kernelBytes: kernelMemoryBytes(objects),
    };
    this.#sets.set(set, metered);
    statsWindows.want();
    return metered;
  }

  #programNs(metered: MeteredSet, spanNs: number): number | null {
    if (!alwaysCounts()) return metered.rate === null ? null : Math.round(metered.rate * spanNs);
    const before = metered.runTimeNs;
    metered.runTimeNs = programRunTimeNs(metered.objects);
    if (before === null || metered.runTimeNs === null) return null;
    return Number(metered.runTimeNs - before);
  }

  #opened(): void {
    for (const metered of this.#sets.values()) {
      const runTimeNs = programRunTimeNs(metered.objects);
      metered.opened = runTimeNs === null ? null : { atNs: this.#options.nowNs(), runTimeNs };
    }
  }

  #closes(): void {
    for (const metered of this.#sets.values()) {
      const { opened } = metered;
      metered.opened = null;
      const runTimeNs = programRunTimeNs(metered.objects);
      if (opened === null || runTimeNs === null) continue;
      const spanNs = Number(this.#options.nowNs() - opened.atNs);
      if (spanNs < LONGEST_WINDOW_NS) metered.rate = Number(runTimeNs - opened.runTimeNs) / spanNs;
    }
  }

  #readMemory(atNs: bigint): void {
    this.#memoryDueNs = atNs + MEMORY_PAUSE_NS;
    this.#ownMemoryBytes = processMemoryBytes('self');
    for (const metered of this.#sets.values()) {
      metered.memoryBytes = processMemoryBytes(metered.objects.pid);
      metered.kernelBytes = kernelMemoryBytes(metered.objects);
    }
  }
}
