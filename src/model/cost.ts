import type { CostRecord, GovernorRecord, SetCost } from '../record/cost.js';
import { PROBE_SETS, type ProbeRecord, type ProbeSet } from '../record/record.js';
import { type CostView, type DecisionView, KEPT_DECISIONS, type SetCostView, type StoppedSet } from './cost-view.js';
import { RecentReadings } from './recent-cost.js';

const PPM = 1e6;

/** Keeps account of what looking on costs, and of what the governor did about it. */
export class CostLedger {
  readonly #recent = new RecentReadings();
  readonly #sets = new Map<ProbeSet, SetSums>();
  readonly #stopped = new Map<ProbeSet, StoppedSet>();
  #decisions: DecisionView[] = [];
  #sums = { observedNs: 0, ownNs: 0, targetCpuNs: 0 };
  #latest: CostRecord | null = null;
  #pace = 1;

  apply(record: CostRecord): void {
    this.#recent.add(record);
    this.#latest = record;
    const { observedNs, ownNs, targetCpuNs } = this.#sums;
    this.#sums = {
      observedNs: observedNs + record.spanNs,
      ownNs: ownNs + record.ownCpuNs,
      targetCpuNs: targetCpuNs + record.targetCpuNs,
    };
    for (const cost of record.sets) this.#sets.set(cost.set, added(this.#sets.get(cost.set), cost));
  }

  decide(record: GovernorRecord, atNs: number): void {
    const { did, set, pace } = record;
    const fractions = { costFraction: record.costPpm / PPM, budgetFraction: record.budgetPpm / PPM };
    this.#pace = pace;
    this.#decisions = [...this.#decisions, { atNs, did, set, pace, ...fractions }].slice(-KEPT_DECISIONS);
    if (did === 'stopped' && set !== null) this.#stopped.set(set, { set, atNs, ...fractions });
    if (did === 'returned' && set !== null) this.#stopped.delete(set);
  }

  /** Whoever has started it again: it is not stopped any more. */
  applyProbe({ set, state }: ProbeRecord): void {
    if (state === 'running') this.#stopped.delete(set);
  }

  /** Null before the first reading. */
  view(): CostView | null {
    const latest = this.#latest;
    if (latest === null) return null;
    const { metering, budget, ownMemoryBytes } = latest;
    const sets = PROBE_SETS.map((set) => this.#setView(set)).filter((set) => set !== null);
    const running = sets.filter(({ set }) => latest.sets.some((cost) => cost.set === set));
    return {
      ...this.#sums,
      programNs: sumOfKnown(sets.map(({ programNs }) => programNs)),
      metering,
      bpftraceNs: sets.reduce((sum, { bpftraceNs }) => sum + bpftraceNs, 0),
      recent: this.#recent.cost,
      sets,
      memory: {
        ownBytes: ownMemoryBytes,
        bpftraceBytes: sumOfKnown(running.map(({ memoryBytes }) => memoryBytes)),
        kernelBytes: sumOfKnown(running.map(({ kernelBytes }) => kernelBytes)),
      },
      budget: budget === null ? null : { coreFraction: budget.corePpm / PPM, targetFraction: budget.targetPpm / PPM },
      pace: this.#pace,
      stopped: [...this.#stopped.values()],
      decisions: this.#decisions,
    };
  }

  #setView(set: ProbeSet): SetCostView | null {
    const sums = this.#sets.get(set);
    return sums === undefined ? null : { set, ...sums, recent: this.#recent.ofSet(set) };
  }
}

type SetSums = Omit<SetCostView, 'set' | 'recent'>;

function added(sums: SetSums | undefined, { programNs, cpuNs, memoryBytes, kernelBytes }: SetCost): SetSums {
  return {
    programNs: sumOfKnown([sums?.programNs ?? null, programNs]),
    bpftraceNs: (sums?.bpftraceNs ?? 0) + cpuNs,
    memoryBytes,
    kernelBytes,
  };
}

/** Null where none is known. */
function sumOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
