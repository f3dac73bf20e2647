import type { Snapshot } from '../model/snapshot.js';
import { type Family, gauge, gauges, type Labels, ratio, secondsCounter } from './family.js';

/** What looking on costs. */
export function costMetrics({ cost }: Snapshot, labels: Labels): Family[] {
  if (cost === null) return [];
  const { programNs, bpftraceNs, ownNs, memory, recent, pace, sets, stopped } = cost;
  const known = (part: string, value: number | null): [Labels, number][] =>
    value === null ? [] : [[{ ...labels, part }, value]];
  const stoppedSets = new Set(stopped.map(({ set }) => set));
  return [
    secondsCounter(
      {
        name: 'faultscope_cost_cpu_seconds',
        help: 'CPU time that looking on took; programs are estimated where sampled.',
      },
      [...known('programs', programNs), ...known('bpftrace', bpftraceNs), ...known('faultscope', ownNs)],
    ),
    secondsCounter(
      {
        name: 'faultscope_cost_set_cpu_seconds',
        help: 'The same by probe set: its programs, as far as metered, and its bpftrace.',
      },
      sets.map((set) => [{ ...labels, set: set.set }, (set.programNs ?? 0) + set.bpftraceNs]),
    ),
    gauges({ name: 'faultscope_cost_memory_bytes', help: 'Memory that looking on takes.' }, [
      ...known('faultscope', memory.ownBytes),
      ...known('bpftrace', memory.bpftraceBytes),
      ...known('kernel', memory.kernelBytes),
    ]),
    ...ratio(
      {
        name: 'faultscope_budget_ratio',
        help: 'What the latest ten seconds cost by what they might: 1 is all of the budget.',
      },
      labels,
      recent?.budget == null || recent.budget === 0 ? null : recent.total / recent.budget,
    ),
    gauges(
      { name: 'faultscope_probe_set_governed', help: '1 while the governor keeps the probe set stopped.' },
      sets.map(({ set }) => [{ ...labels, set }, stoppedSets.has(set) ? 1 : 0]),
    ),
    ...gauge({ name: 'faultscope_pace', help: 'Figures are read once in so many intervals.' }, labels, pace),
  ];
}
