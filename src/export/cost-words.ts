import type { CostView } from '../model/cost-view.js';
import { formatBytes, formatSmallShare } from '../text/units.js';

/** What looking on cost over the whole window, in a sentence. */
export function costWords(cost: CostView): string {
  const { observedNs, programNs, metering, bpftraceNs, ownNs, memory } = cost;
  const share = (ns: number | null): string =>
    formatSmallShare(ns === null || observedNs === 0 ? null : ns / observedNs);
  const programs =
    metering === 'none'
      ? 'programs not metered'
      : `programs ${share(programNs)}${metering === 'sampled' ? ' (estimated)' : ''}`;
  const total = (programNs ?? 0) + bpftraceNs + ownNs;
  const bytes = [memory.ownBytes, memory.bpftraceBytes, memory.kernelBytes].map(formatBytes);
  return `${share(total)} of one core: ${programs}, bpftrace ${share(bpftraceNs)}, faultscope ${share(ownNs)}; memory: faultscope ${bytes[0]}, bpftrace ${bytes[1]}, kernel ${bytes[2]}; ${budgetWords(cost)}`;
}

function budgetWords({ budget, pace, stopped }: CostView): string {
  const limit =
    budget === null
      ? 'no budget'
      : `budget ${formatSmallShare(budget.coreFraction)} of one core and ${formatSmallShare(budget.targetFraction)} of the target's CPU time`;
  return [
    limit,
    ...(pace === 1 ? [] : [`figures read once in ${pace} intervals`]),
    ...(stopped.length === 0 ? [] : [`stopped: ${stopped.map(({ set }) => set).join(', ')}`]),
  ].join('; ');
}
