import type { CostRecord } from '../record/cost.js';
import type { ProbeSet } from '../record/record.js';
import type { RecentCost } from './cost-view.js';

/** What is spent in bursts (dumps, garbage collection, sampled programs) is averaged over this. */
const SPAN_NS = 10_000_000_000;
/** Readings come once a second; a recording may say otherwise. */
const MOST_READINGS = 64;
const PPM = 1e6;

/** What looking on cost lately: the readings of the latest ten seconds. */
export class RecentReadings {
  #readings: CostRecord[] = [];

  add(record: CostRecord): void {
    this.#readings.push(record);
    if (this.#readings.length > MOST_READINGS) this.#readings.shift();
    let spanNs = this.spanNs;
    while (spanNs - (this.#readings[0]?.spanNs ?? spanNs) >= SPAN_NS) spanNs -= this.#readings.shift()?.spanNs ?? 0;
  }

  /** What was before does not count any more. */
  clear(): void {
    this.#readings = [];
  }

  get spanNs(): number {
    return this.#sum(({ spanNs }) => spanNs);
  }

  get isFull(): boolean {
    return this.spanNs >= SPAN_NS;
  }

  /** Null before the first reading. */
  get cost(): RecentCost | null {
    const { spanNs } = this;
    const latest = this.#readings.at(-1);
    if (latest === undefined || spanNs === 0) return null;
    const programs = latest.metering === 'none' ? null : this.#sum(programsOf) / spanNs;
    const bpftrace = this.#sum(bpftraceOf) / spanNs;
    const own = this.#sum(({ ownCpuNs }) => ownCpuNs) / spanNs;
    const target = this.#sum(({ targetCpuNs }) => targetCpuNs) / spanNs;
    const { budget } = latest;
    return {
      total: (programs ?? 0) + bpftrace + own,
      programs,
      bpftrace,
      own,
      target,
      budget: budget === null ? null : (budget.corePpm + budget.targetPpm * target) / PPM,
    };
  }

  /** Programs and bpftrace of a set, as a share of one core. */
  ofSet(set: ProbeSet): number {
    const { spanNs } = this;
    if (spanNs === 0) return 0;
    const taken = this.#sum(({ sets }) => {
      const cost = sets.find((each) => each.set === set);
      return cost === undefined ? 0 : (cost.programNs ?? 0) + cost.cpuNs - cost.startNs;
    });
    return taken / spanNs;
  }

  #sum(of: (record: CostRecord) => number): number {
    return this.#readings.reduce((sum, record) => sum + of(record), 0);
  }
}

function programsOf({ sets }: CostRecord): number {
  return sets.reduce((sum, { programNs }) => sum + (programNs ?? 0), 0);
}

function bpftraceOf({ sets }: CostRecord): number {
  return sets.reduce((sum, { cpuNs, startNs }) => sum + cpuNs - startNs, 0);
}
