import type { Distribution, Snapshot } from '../../model/snapshot.js';
import type { QuantileMeasure } from '../measure.js';

const faultLatency = ({ totals }: Snapshot): Distribution => totals.faultLatency;

/** How long one major fault takes, from going off the CPU on. */
export const LATENCY_MEASURES: readonly QuantileMeasure[] = [
  fault('faultP50', 'fault p50', 0.5, 'p50Ns'),
  fault('faultP90', 'fault p90', 0.9, 'p90Ns'),
  fault('faultP99', 'fault p99', 0.99, 'p99Ns'),
];

function fault(id: string, name: string, q: number, key: 'p50Ns' | 'p90Ns' | 'p99Ns'): QuantileMeasure {
  return {
    kind: 'quantile',
    id,
    name,
    unit: 'duration',
    better: 'lower',
    needs: 'major faults',
    q,
    of: 'faults',
    value: (snapshot) => faultLatency(snapshot)[key],
  };
}
