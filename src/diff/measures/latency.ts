import type { QuantileMeasure } from '../measure.js';

/** How long one major fault takes, from going off the CPU on. */
export const LATENCY_MEASURES: readonly QuantileMeasure[] = [
  fault('faultP50', 'fault p50', 0.5),
  fault('faultP90', 'fault p90', 0.9),
  fault('faultP99', 'fault p99', 0.99),
];

function fault(id: string, name: string, q: number): QuantileMeasure {
  return { kind: 'quantile', id, name, unit: 'duration', better: 'lower', needs: 'major faults', q, of: 'faults' };
}
