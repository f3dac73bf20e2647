import type { CostView } from '../model/cost-view.js';
import type { SummaryOverhead } from './summary-format-overhead.js';

/** What looking on cost, for the summary. */
export function overheadOf(cost: CostView): SummaryOverhead {
  const { observedNs, programNs, metering, bpftraceNs, ownNs, targetCpuNs, recent, memory, budget, pace } = cost;
  const ofTime = (ns: number): number => (observedNs === 0 ? 0 : ns / observedNs);
  return {
    observedNs,
    totalFraction: ofTime((programNs ?? 0) + bpftraceNs + ownNs),
    targetCpuFraction: programNs === null || targetCpuNs === 0 ? null : programNs / targetCpuNs,
    selfCpuFraction: ofTime(bpftraceNs + ownNs),
    programNs,
    metering,
    bpftraceNs,
    selfNs: ownNs,
    targetCpuNs,
    ...(recent === null ? {} : { recent: { totalFraction: recent.total, budgetFraction: recent.budget } }),
    sets: cost.sets.map((set) => ({
      set: set.set,
      programNs: set.programNs,
      bpftraceNs: set.bpftraceNs,
      memoryBytes: set.memoryBytes,
      kernelBytes: set.kernelBytes,
    })),
    memory: { selfBytes: memory.ownBytes, bpftraceBytes: memory.bpftraceBytes, kernelBytes: memory.kernelBytes },
    budget: budget === null ? null : { coreFraction: budget.coreFraction, targetFraction: budget.targetFraction },
    pace,
    stopped: cost.stopped.map(({ set }) => set),
    decisions: cost.decisions.map((decision) => ({
      atNs: decision.atNs,
      did: decision.did,
      set: decision.set,
      pace: decision.pace,
      costFraction: decision.costFraction,
      budgetFraction: decision.budgetFraction,
    })),
  };
}
